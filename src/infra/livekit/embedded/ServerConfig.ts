import { Option, Redacted } from "effect"
import type { ApiKey } from "../LiveKitOptions.ts"
import { host, type ServerPorts } from "./ServerPorts.ts"

export interface ServerConfigOptions {
  readonly ports: ServerPorts
  readonly apiKey: ApiKey
  /** Told of what happens in rooms. */
  readonly webhookUrls: ReadonlyArray<URL>
}

const departureSeconds = 20
/** Nobody answers there. It must not be the port of the media: with that one nobody gets into a room. */
const discardPort = 9

/** The server's configuration: for browsers on this machine, and for nobody else. JSON is YAML, too. */
export const serverConfig = ({ apiKey: { key, secret }, ports, webhookUrls }: ServerConfigOptions): Redacted.Redacted =>
  Redacted.make(
    JSON.stringify({
      port: ports.http,
      bind_addresses: [host],
      rtc: {
        tcp_port: Option.getOrElse(ports.tcp, () => 0),
        udp_port: ports.udp,
        use_external_ip: false,
        node_ip: host,
        enable_loopback_candidate: true,
        // Without these the media sockets would be open to the network.
        interfaces: { includes: ["lo", "lo0"] },
        ips: { includes: [`${host}/32`] },
        // Browsers would be sent to Google's otherwise.
        stun_servers: [`${host}:${discardPort}`],
      },
      room: { departure_timeout: departureSeconds },
      keys: { [key]: Redacted.value(secret) },
      ...(webhookUrls.length === 0 ? {} : { webhook: { api_key: key, urls: webhookUrls.map(({ href }) => href) } }),
      logging: { level: "info", json: true },
    }),
  )
