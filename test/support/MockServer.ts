import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { Effect, Schedule, Schema } from "effect"
import { ClientMessage } from "../../src/domain/media/VoiceProtocol.ts"

const Seen = Schema.Struct({
  messages: Schema.Array(ClientMessage),
  resumes: Schema.Array(Schema.NullOr(Schema.String)),
  audioFrames: Schema.Number,
  audioPeak: Schema.Number,
  frameBytes: Schema.Record({ key: Schema.String, value: Schema.Number }),
  /** Of the talk API: what was asked to begin, which conversations were joined again and left, and how often a place was asked. */
  begun: Schema.Array(Schema.Struct({ record: Schema.Boolean, over: Schema.String })),
  joined: Schema.Array(Schema.String),
  left: Schema.Array(Schema.String),
  places: Schema.Number,
})
export type Seen = typeof Seen.Type

/** The stand-in server as a process of its own: the page is bundled by Bun, which the test runner's loader cannot do. */
export interface MockServer {
  readonly url: string
  /** Has it do something; see `MockParley`. */
  readonly tell: (command: string, body?: unknown) => Effect.Effect<void>
  /** What the page has sent, as soon as it satisfies the condition. */
  readonly seen: (what: string, until: (seen: Seen) => boolean) => Effect.Effect<Seen>
  /** The process ends, as a crashed server's would. */
  readonly kill: Effect.Effect<void>
}

const waitMillis = 8_000
const lookEveryMillis = 40

const start = Effect.acquireRelease(
  Effect.sync(() => Bun.spawn([process.execPath, "test/support/MockParley.ts"], { stdout: "pipe", stderr: "inherit" })),
  (child) =>
    Effect.promise(() => {
      child.kill()
      return child.exited
    }),
)

export const startMock = Effect.gen(function* () {
  const child = yield* start
  const first = yield* Effect.promise(() => child.stdout.getReader().read())
  const url = new TextDecoder().decode(first.value).trim()
  const look = HttpClient.get(new URL("/mock/seen", url)).pipe(
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Seen)),
    Effect.provide(FetchHttpClient.layer),
    Effect.orDie,
  )
  const tell = (command: string, body: unknown) =>
    HttpClientRequest.post(new URL(`/mock/${command}`, url)).pipe(
      HttpClientRequest.bodyUnsafeJson(body),
      HttpClient.execute,
      Effect.provide(FetchHttpClient.layer),
      Effect.orDie,
      Effect.asVoid,
    )
  const server: MockServer = {
    url,
    tell: (command, body = {}) => tell(command, body),
    seen: (what, until) =>
      look.pipe(
        Effect.filterOrFail(until),
        Effect.retry(Schedule.spaced(lookEveryMillis)),
        Effect.timeoutFail({ duration: waitMillis, onTimeout: () => new Error(`not seen in time: ${what}`) }),
        Effect.orDie,
      ),
    kill: Effect.promise(() => {
      child.kill("SIGKILL")
      return child.exited
    }),
  }
  return server
})
