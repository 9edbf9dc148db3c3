import { createSocket } from "node:dgram"
import { Deferred, Effect, type Scope, Stream } from "effect"
import { describe } from "vitest"
import { isLiveKitThere } from "./LiveKitServer.ts"

const program = "turnserver"
const host = "127.0.0.1"
const secret = "a-secret-shared-by-coturn-and-livekit"

const isThere = Bun.which(program) !== null && isLiveKitThere

/** `describe` for what needs coturn and a LiveKit server; see `describeLiveKit`. */
export const describeTurn = (name: string, tests: () => void) => {
  if (isThere || Bun.env["CI"] === "true") return describe(name, tests)
  console.warn(`SKIPPED for want of ${program} or livekit-server on the PATH (bun run services): ${name}`)
  return describe.skip(name, tests)
}

/** A port that nobody has, for UDP and, as likely as not, for TCP. */
export const freeUdpPort = Effect.async<number>((resume) => {
  const socket = createSocket("udp4")
  socket.bind(0, host, () => {
    const { port } = socket.address()
    socket.close(() => resume(Effect.succeed(port)))
  })
})

/** As in docs/livekit.md, but that the media server is at 127.0.0.1, and without TLS. */
const options = (port: number) => [
  "-n",
  "--verbose",
  `--listening-ip=${host}`,
  `--relay-ip=${host}`,
  `--listening-port=${port}`,
  "--realm=turn.example.com",
  "--use-auth-secret",
  `--static-auth-secret=${secret}`,
  "--fingerprint",
  "--stale-nonce",
  "--no-tls",
  "--no-dtls",
  "--no-cli",
  "--no-multicast-peers",
  "--allow-loopback-peers",
  "--denied-peer-ip=0.0.0.0-255.255.255.255",
  `--allowed-peer-ip=${host}`,
  "--user-quota=12",
  "--log-file=stdout",
  "--simple-log",
  "--pidfile=/dev/null",
]

export interface TurnServer {
  /** For `rtc.turn_servers` of a LiveKit server. */
  readonly settings: { readonly host: string; readonly port: number; readonly secret: string }
  /** Returns once it has told of a session that is over, in which it carried media: packets to and from its peer. */
  readonly carried: Effect.Effect<void>
}

/** A coturn of our own, gone with the scope. */
export const turnServer: Effect.Effect<TurnServer, never, Scope.Scope> = Effect.gen(function* () {
  const port = yield* freeUdpPort
  const ready = yield* Deferred.make<void>()
  const carried = yield* Deferred.make<void>()
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => Bun.spawn([program, ...options(port)], { stdin: "ignore", stdout: "pipe", stderr: "ignore" })),
    (child) => Effect.promise(() => (child.kill("SIGKILL"), child.exited)),
  )
  yield* Stream.fromReadableStream(() => child.stdout, String).pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((line) => {
      if (line.includes(`listener opened on: ${host}:${port}`)) return Deferred.succeed(ready, undefined)
      return / peer usage: .*rp=[1-9]\d*, .*sp=[1-9]/.test(line) ? Deferred.succeed(carried, undefined) : Effect.void
    }),
    Effect.forkScoped,
  )
  yield* Deferred.await(ready).pipe(Effect.timeout("10 seconds"), Effect.orDie)
  return { settings: { host, port, secret }, carried: Deferred.await(carried) }
})
