import { createSocket } from "node:dgram"
import { createServer } from "node:net"
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { Clock, Effect, Schedule, type Scope } from "effect"
import { describe } from "vitest"

const program = "livekit-server"
const host = "127.0.0.1"
const key = "devkey"
const secret = "secretsecretsecretsecretsecretsecret"
/** Between two tries whether it answers, and how often in all. */
const triesEvery = "50 millis"
const triesMax = 400
/** A server that is told to stop while it is still starting never does. */
const stopWithin = "2 seconds"

/** Also where time is the test's. */
const realTime = Clock.make()

const isThere = Bun.which(program) !== null

/**
 * `describe` for what needs the server. Where there is none the suite is skipped, which is said; under `CI=true` it fails instead.
 */
export const describeLiveKit = (name: string, tests: () => void) => {
  if (isThere || Bun.env["CI"] === "true") return describe(name, tests)
  console.warn(`SKIPPED for want of ${program} on the PATH (bun run services): ${name}`)
  return describe.skip(name, tests)
}

/** A LiveKit server of our own. Its ports and keys stay as they are over a restart; its rooms do not outlive it. */
export interface LiveKitServer {
  /** `ws:`, for clients. */
  readonly url: string
  /** `http:`, for the API. */
  readonly httpUrl: string
  readonly key: string
  readonly secret: string
  readonly pid: () => number
  /** Returns once it is gone, without a chance to say good-bye. */
  readonly kill: Effect.Effect<void>
  /** As `kill`, but it may close its rooms, for 2 s. */
  readonly stop: Effect.Effect<void>
  /** Starts it again after `kill` or `stop`; returns once it is ready. */
  readonly start: Effect.Effect<void>
}

const freeTcp = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, host, () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

const freeUdp = Effect.async<number>((resume) => {
  const socket = createSocket("udp4")
  socket.bind(0, host, () => {
    const { port } = socket.address()
    socket.close(() => resume(Effect.succeed(port)))
  })
})

const configOf = (ports: { readonly http: number; readonly tcp: number; readonly udp: number }, more: string) => `
port: ${ports.http}
bind_addresses: ["${host}"]
rtc:
  tcp_port: ${ports.tcp}
  udp_port: ${ports.udp}
  use_external_ip: false
  node_ip: ${host}
  enable_loopback_candidate: true
keys:
  ${key}: ${secret}
logging:
  level: warn
${more}`

const launch = (config: string) => {
  if (!isThere) throw new Error(`These tests need ${program} on the PATH: bun run services`)
  return Bun.spawn([program, "--config-body", config], { stdin: "ignore", stdout: "ignore", stderr: "ignore" })
}

/** Its own page of health says OK once it takes connections. */
const answers = (httpUrl: string) =>
  HttpClient.get(httpUrl).pipe(
    Effect.flatMap((response) => response.text),
    Effect.filterOrFail((text) => text === "OK"),
    Effect.retry(Schedule.spaced(triesEvery).pipe(Schedule.intersect(Schedule.recurs(triesMax)))),
    Effect.orDie,
    Effect.asVoid,
    Effect.provide(FetchHttpClient.layer),
    Effect.withClock(realTime),
  )

export interface LiveKitServerOptions {
  /** More of the server's YAML, at the top level: `webhook:`, `redis:`, `room:` and the like. */
  readonly config?: string
}

/** Ready when made, and gone with the scope. */
export const makeLiveKitServer = (
  options: LiveKitServerOptions = {},
): Effect.Effect<LiveKitServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ports = { http: yield* freeTcp, tcp: yield* freeTcp, udp: yield* freeUdp }
    const config = configOf(ports, options.config ?? "")
    const httpUrl = `http://${host}:${ports.http}`
    let child = yield* Effect.sync(() => launch(config))
    const end = (signal: NodeJS.Signals) => Effect.promise(() => (child.kill(signal), child.exited))
    yield* Effect.addFinalizer(() => end("SIGKILL"))
    yield* answers(httpUrl)
    return {
      url: `ws://${host}:${ports.http}`,
      httpUrl,
      key,
      secret,
      pid: () => child.pid,
      kill: end("SIGKILL"),
      stop: Effect.raceFirst(end("SIGTERM"), Effect.zipRight(Effect.sleep(stopWithin), end("SIGKILL"))).pipe(
        Effect.asVoid,
        Effect.withClock(realTime),
      ),
      start: Effect.sync(() => void (child = launch(config))).pipe(Effect.zipRight(answers(httpUrl))),
    }
  })

export const liveKitServer: Effect.Effect<LiveKitServer, never, Scope.Scope> = makeLiveKitServer()
