import { createSocket } from "node:dgram"
import { createServer } from "node:net"
import { Effect, Option } from "effect"
import { LiveKitNotStarted } from "./LiveKitNotStarted.ts"

export const host = "127.0.0.1"

export interface ServerPorts {
  /** Signalling and the API. */
  readonly http: number
  /** All media. */
  readonly udp: number
  /**
   * Media by TCP, for whom UDP does not work; none unless given. On loopback nobody needs it, and it is the one port that the server
   * opens to the network whatever it is told.
   */
  readonly tcp: Option.Option<number>
}

const failed = (error: Error) => Effect.fail(new LiveKitNotStarted({ detail: `no free port: ${error.message}` }))

const freeTcp = Effect.async<number, LiveKitNotStarted>((resume) => {
  const server = createServer()
  server.once("error", (error) => resume(failed(error)))
  server.listen(0, host, () => {
    const address = server.address()
    const port = address !== null && typeof address === "object" ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

const freeUdp = Effect.async<number, LiveKitNotStarted>((resume) => {
  const socket = createSocket("udp4")
  socket.once("error", (error) => resume(failed(error)))
  socket.bind(0, host, () => {
    const { port } = socket.address()
    socket.close(() => resume(Effect.succeed(port)))
  })
})

export interface GivenPorts {
  readonly http?: number
  readonly udp?: number
  readonly tcp?: number
}

/** Ports that nobody has now, where none is given. Someone may take one before the server does: then choose again. */
export const choose = ({ http, tcp, udp }: GivenPorts): Effect.Effect<ServerPorts, LiveKitNotStarted> =>
  Effect.all({
    http: http === undefined ? freeTcp : Effect.succeed(http),
    udp: udp === undefined ? freeUdp : Effect.succeed(udp),
    tcp: Effect.succeed(Option.fromNullable(tcp)),
  })
