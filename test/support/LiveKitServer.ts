import { createSocket } from "node:dgram"
import { createServer, type Server } from "node:net"
import { FetchHttpClient, HttpClient } from "@effect/platform"
import { Clock, Data, Effect, Schedule, type Scope } from "effect"
import { describe } from "vitest"

const program = "livekit-server"
const host = "127.0.0.1"
const key = "devkey"
const secret = "secretsecretsecretsecretsecretsecret"
/** Between two tries whether it answers, and how often in all. */
const triesEvery = "50 millis"
const triesMax = 400
const startsMax = 5
/** A server that is told to stop while it is still starting never does. */
const stopWithin = "2 seconds"

/** Also where time is the test's. */
const realTime = Clock.make()

export const isLiveKitThere = Bun.which(program) !== null

/**
 * `describe` for what needs the server. Where there is none the suite is skipped, which is said; under `CI=true` it fails instead.
 */
export const describeLiveKit = (name: string, tests: () => void) => {
  if (isLiveKitThere || Bun.env["CI"] === "true") return describe(name, tests)
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

/** Two at a time, so that they differ. */
const freeTcpPair = Effect.async<readonly [number, number]>((resume) => {
  const portOf = (server: Server) => {
    const address = server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }
  const one = createServer()
  const two = createServer()
  one.listen(0, host, () =>
    two.listen(0, host, () => {
      const ports = [portOf(one), portOf(two)] as const
      one.close(() => two.close(() => resume(Effect.succeed(ports))))
    }),
  )
})

const freeUdp = Effect.async<number>((resume) => {
  const socket = createSocket("udp4")
  socket.bind(0, host, () => {
    const { port } = socket.address()
    socket.close(() => resume(Effect.succeed(port)))
  })
})

interface Ports {
  readonly http: number
  readonly tcp: number
  readonly udp: number
}

export interface LiveKitServerOptions {
  /** More of the server's YAML, at the top level: `webhook:`, `redis:`, `room:` and the like. */
  readonly config?: string
  /** More of what stands below `rtc:`. */
  readonly rtc?: Record<string, unknown>
}

const httpUrlOf = ({ http }: Ports) => `http://${host}:${http}`

const configOf = (ports: Ports, { config = "", rtc = {} }: LiveKitServerOptions) => `
port: ${ports.http}
bind_addresses: ["${host}"]
rtc:
  tcp_port: ${ports.tcp}
  udp_port: ${ports.udp}
  use_external_ip: false
  node_ip: ${host}
  enable_loopback_candidate: true
${Object.entries(rtc)
  .map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)
  .join("\n")}
keys:
  ${key}: ${secret}
logging:
  level: warn
${config}`

const launch = (config: string) => {
  if (!isLiveKitThere) throw new Error(`These tests need ${program} on the PATH: bun run services`)
  return Bun.spawn([program, "--config-body", config], { stdin: "ignore", stdout: "ignore", stderr: "ignore" })
}

/** Its own page of health says OK once it takes connections. */
const answers = (httpUrl: string) =>
  HttpClient.get(httpUrl).pipe(
    Effect.flatMap((response) => response.text),
    Effect.filterOrFail((text) => text === "OK"),
    Effect.retry(Schedule.spaced(triesEvery).pipe(Schedule.intersect(Schedule.recurs(triesMax)))),
    Effect.asVoid,
    Effect.provide(FetchHttpClient.layer),
  )

class NotStarted extends Data.TaggedError("NotStarted")<{ readonly message: string }> {}

type Child = ReturnType<typeof launch>

/** Fails when it ends instead: somebody else took one of its ports in the meantime. */
const ready = (child: Child, httpUrl: string) =>
  Effect.raceFirst(
    answers(httpUrl),
    Effect.flatMap(
      Effect.promise(() => child.exited),
      (code) => new NotStarted({ message: `${program} ended with ${code} on its way to ${httpUrl}` }),
    ),
  )

const freePorts = Effect.gen(function* () {
  const [http, tcp] = yield* freeTcpPair
  return { http, tcp, udp: yield* freeUdp }
})

/** Ready when made, and gone with the scope. */
export const makeLiveKitServer = (
  options: LiveKitServerOptions = {},
): Effect.Effect<LiveKitServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    let child: Child | undefined
    const end = (signal: NodeJS.Signals) =>
      Effect.promise(async () => {
        child?.kill(signal)
        await child?.exited
      })
    yield* Effect.addFinalizer(() => end("SIGKILL"))

    const startOn = (ports: Ports) =>
      Effect.suspend(() => {
        child = launch(configOf(ports, options))
        return ready(child, httpUrlOf(ports))
      })
    const again = { times: startsMax, schedule: Schedule.spaced(triesEvery) }
    const ports = yield* freePorts.pipe(
      Effect.tap(startOn),
      Effect.retry(again),
      Effect.orDie,
      Effect.withClock(realTime),
    )
    return {
      url: httpUrlOf(ports).replace("http", "ws"),
      httpUrl: httpUrlOf(ports),
      key,
      secret,
      pid: () => child?.pid ?? 0,
      kill: end("SIGKILL"),
      stop: Effect.raceFirst(end("SIGTERM"), Effect.zipRight(Effect.sleep(stopWithin), end("SIGKILL"))).pipe(
        Effect.withClock(realTime),
      ),
      start: startOn(ports).pipe(Effect.retry(again), Effect.orDie, Effect.withClock(realTime)),
    }
  })

export const liveKitServer: Effect.Effect<LiveKitServer, never, Scope.Scope> = makeLiveKitServer()
