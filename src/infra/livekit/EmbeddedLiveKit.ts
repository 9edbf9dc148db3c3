import { HttpClient } from "@effect/platform"
import { Context, Deferred, Duration, Effect, Layer, Option, Redacted, Ref, Schedule, type Scope } from "effect"
import { LiveKitNotStarted } from "./embedded/LiveKitNotStarted.ts"
import { serverConfig } from "./embedded/ServerConfig.ts"
import * as ServerPorts from "./embedded/ServerPorts.ts"
import * as ServerProcess from "./embedded/ServerProcess.ts"
import * as LiveKitMediaServer from "./LiveKitMediaServer.ts"
import { type ApiKey, type LiveKitOptions, secretBytesMin } from "./LiveKitOptions.ts"
import * as LiveKitWebhook from "./LiveKitWebhook.ts"

export interface EmbeddedLiveKitOptions {
  /** The program's path; by default `livekit-server` is looked for on the PATH. */
  readonly program?: string
  /** Ports on loopback; those not given are any that are free. */
  readonly ports?: ServerPorts.GivenPorts
  /** Told of what happens in rooms: addresses of our own server. */
  readonly webhookUrls?: ReadonlyArray<URL>
}

/** A LiveKit server of our own. Address and key stay as they are when it is restarted; its rooms do not outlive it. */
export interface EmbeddedServer extends LiveKitOptions {
  /** The server's process id, unless it is just being restarted. */
  readonly pid: Effect.Effect<Option.Option<number>>
}

export class EmbeddedLiveKit extends Context.Tag("parley/infra/livekit/EmbeddedLiveKit")<
  EmbeddedLiveKit,
  EmbeddedServer
>() {}

export const programName = "livekit-server"
/** Where the server is on this machine, if anywhere. Then it can be started. */
export const program: Effect.Effect<Option.Option<string>> = Effect.sync(() =>
  process.platform === "win32" ? Option.none() : Option.fromNullable(Bun.which(programName)),
)

/** It takes a tenth of a second on a machine that is not busy. */
const readyTimeout = Duration.seconds(10)
const askEvery = Duration.millis(10)
const askTimeout = Duration.seconds(1)
/** With other ports each time, for the case that one was taken meanwhile. */
const startTriesMax = 3
/** A server that keeps dying is not started again and again: after this many times within `restartWindow` it stays down. */
const restartsMax = 5
const restartWindow = Duration.minutes(1)
const restarts = Schedule.exponential(Duration.millis(100)).pipe(
  Schedule.intersect(Schedule.recurs(restartsMax)),
  Schedule.resetAfter(restartWindow),
)

const newKey: Effect.Effect<ApiKey> = Effect.sync(() => {
  const hex = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex")
  return { key: `parley-${hex(4)}`, secret: Redacted.make(hex(secretBytesMin)) }
})

const notReady = (detail: string) => new LiveKitNotStarted({ detail })

const answers = (http: HttpClient.HttpClient, port: number) =>
  http.get(`http://${ServerPorts.host}:${port}/`).pipe(
    Effect.flatMap(({ text }) => text),
    Effect.filterOrFail((text) => text === "OK"),
    Effect.scoped,
    Effect.timeout(askTimeout),
    Effect.retry(Schedule.spaced(askEvery)),
    Effect.orDie,
    Effect.timeoutFail({
      duration: readyTimeout,
      onTimeout: () => notReady(`no answer after ${Duration.format(readyTimeout)}`),
    }),
  )

interface Life {
  readonly program: string
  readonly config: Redacted.Redacted
  readonly port: number
  readonly pid: Ref.Ref<Option.Option<number>>
  readonly ready: Effect.Effect<unknown>
}

/** One life of the server, to its unexpected end. Fails when it does not even get ready. */
const live = ({ config, pid, port, program, ready }: Life) =>
  Effect.gen(function* () {
    const http = yield* HttpClient.HttpClient
    const server = yield* ServerProcess.launch(program, config)
    yield* Ref.set(pid, Option.some(server.pid))
    yield* Effect.addFinalizer(() => Ref.set(pid, Option.none()))
    yield* server.lines.take.pipe(
      Effect.flatMap((line) => Effect.logDebug(line)),
      Effect.annotateLogs({ program: programName }),
      Effect.forever,
      Effect.forkScoped,
    )
    const gaveUp = Effect.flatMap(server.ended, (last) => notReady(`it ended at once: ${last || "it said nothing"}`))
    yield* Effect.raceFirst(answers(http, port), gaveUp)
    yield* ready
    const last = yield* server.ended
    yield* Effect.logError("the embedded LiveKit server ended unexpectedly; starting it again").pipe(
      Effect.annotateLogs({ lastLine: last.split("\n").at(-1) ?? "" }),
    )
  }).pipe(Effect.scoped)

/** A LiveKit server for this machine alone, until the scope closes or this process dies; it ends within 2 s then. */
export const make = (
  options: EmbeddedLiveKitOptions = {},
): Effect.Effect<EmbeddedServer, LiveKitNotStarted, Scope.Scope | HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const found = options.program === undefined ? yield* program : Option.some(options.program)
    if (Option.isNone(found)) return yield* notReady(`there is no ${programName} on the PATH`)
    const apiKey = yield* newKey
    const pid = yield* Ref.make(Option.none<number>())
    const started = yield* Deferred.make<ServerPorts.ServerPorts, LiveKitNotStarted>()
    const liveOn = (ports: ServerPorts.ServerPorts) =>
      live({
        program: found.value,
        config: serverConfig({ ports, apiKey, webhookUrls: options.webhookUrls ?? [] }),
        port: ports.http,
        pid,
        ready: Deferred.succeed(started, ports),
      })

    const firstLife = ServerPorts.choose(options.ports ?? {}).pipe(
      Effect.flatMap(liveOn),
      Effect.retry({ times: startTriesMax - 1 }),
      Effect.tapError((error) => Deferred.fail(started, error)),
    )
    const laterLife = Deferred.await(started).pipe(
      Effect.flatMap(liveOn),
      Effect.catchAll((error) => Effect.logError("the embedded LiveKit server does not start again", error)),
    )
    // Its waiting comes first: a server that dies at once is not started again at once.
    const laterLives = Effect.schedule(laterLife, restarts)
    yield* firstLife.pipe(
      Effect.zipRight(laterLives),
      Effect.zipRight(Effect.logError("the embedded LiveKit server ended too often; it stays down")),
      Effect.ignore,
      Effect.forkScoped,
    )
    const { http } = yield* Deferred.await(started)
    const url = new URL(`ws://${ServerPorts.host}:${http}`)
    return { url, publicUrl: url, keys: [apiKey], pid: Ref.get(pid) } satisfies EmbeddedServer
  })

/** The adapter over an embedded server. */
export const layerOf = (server: EmbeddedServer) =>
  Layer.merge(LiveKitMediaServer.layer(server), LiveKitWebhook.layer(server))

/** The embedded server, and the adapter over it. */
export const layer = (options: EmbeddedLiveKitOptions = {}) =>
  Layer.unwrapEffect(Effect.map(EmbeddedLiveKit, layerOf)).pipe(
    Layer.provideMerge(Layer.scoped(EmbeddedLiveKit, make(options))),
  )
