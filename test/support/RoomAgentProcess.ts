import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { Deferred, Effect, Schedule, Schema, type Scope, Stream } from "effect"
import { AccessToken } from "livekit-server-sdk"
import type { LiveKitServer } from "./LiveKitServer.ts"
import { mockRoom } from "./MockTalk.ts"

const Seen = Schema.Struct({
  hellos: Schema.Number,
  interrupts: Schema.Number,
  leaves: Schema.Number,
  texts: Schema.Array(Schema.Struct({ id: Schema.String, text: Schema.String })),
  audioPeak: Schema.Number,
  audioFrames: Schema.Number,
  muted: Schema.Boolean,
})
type Seen = typeof Seen.Type

/** A scripted assistant in the mock's room, in a process of its own. */
export interface RoomAgent {
  /** Has it do something; see `RoomAgent.ts`. */
  readonly tell: (command: string, body?: unknown) => Effect.Effect<void>
  readonly seen: (what: string, until: (seen: Seen) => boolean) => Effect.Effect<Seen>
  /** Gone without a word, as after a crash: the media server shows it in the room for a while. */
  readonly kill: Effect.Effect<void>
}

const waitMillis = 12_000
const lookEveryMillis = 40

const tokenOf = ({ key, secret }: LiveKitServer, identity: string) => {
  const token = new AccessToken(key, secret, { identity, ttl: 600 })
  token.kind = "agent"
  token.addGrant({ room: mockRoom, roomJoin: true, canPublish: true, canSubscribe: true, canPublishData: true })
  return Effect.promise(() => token.toJwt())
}

const launch = (url: string, token: string) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      Bun.spawn([process.execPath, "test/support/RoomAgent.ts", url, token], { stdout: "pipe", stderr: "inherit" }),
    ),
    (child) => Effect.promise(() => (child.kill("SIGKILL"), child.exited)),
  )

/** The SDK writes to the same output, which has to be read on. */
const addressOf = (output: ReadableStream<Uint8Array>) =>
  Effect.gen(function* () {
    const address = yield* Deferred.make<string>()
    yield* Stream.fromReadableStream(
      () => output,
      (cause) => cause,
    ).pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.runForEach((line) => (line.startsWith("http:") ? Deferred.succeed(address, line) : Effect.void)),
      Effect.ignore,
      Effect.forkScoped,
    )
    return yield* Deferred.await(address)
  })

/** Returns once it is in the room. */
export const startAgent = (server: LiveKitServer, identity: string): Effect.Effect<RoomAgent, never, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* launch(server.url, yield* tokenOf(server, identity))
    const url = yield* addressOf(child.stdout)
    const look = HttpClient.get(new URL("/mock/seen", url)).pipe(
      Effect.flatMap(HttpClientResponse.schemaBodyJson(Seen)),
      Effect.provide(FetchHttpClient.layer),
      Effect.orDie,
    )
    return {
      tell: (command, body = {}) =>
        HttpClientRequest.post(new URL(`/mock/${command}`, url)).pipe(
          HttpClientRequest.bodyUnsafeJson(body),
          HttpClient.execute,
          Effect.provide(FetchHttpClient.layer),
          Effect.orDie,
          Effect.asVoid,
        ),
      seen: (what, until) =>
        look.pipe(
          Effect.filterOrFail(until),
          Effect.retry(Schedule.spaced(lookEveryMillis)),
          Effect.timeoutFail({ duration: waitMillis, onTimeout: () => new Error(`the agent has not seen: ${what}`) }),
          Effect.orDie,
        ),
      kill: Effect.promise(() => (child.kill("SIGKILL"), child.exited)),
    }
  })
