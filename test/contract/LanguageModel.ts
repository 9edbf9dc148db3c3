import { afterAll, assert, describe, it } from "@effect/vitest"
import { Chunk, Deferred, Duration, Effect, Fiber, type Layer, ManagedRuntime, Schema, Stream } from "effect"
import { ChatMessage, ChatPart, type ChatRequest, LanguageModel } from "../../src/domain/llm/LanguageModel.ts"

export interface LanguageModelContract {
  /** Gets a text of several parts. */
  readonly talk: ChatRequest
  /** Gets an answer that is still under way after its first part. */
  readonly long: ChatRequest
  /** Gets one call or more of the request's tools. */
  readonly callTool?: ChatRequest
  /** What the machine and the model need for one answer. */
  readonly timeout?: Duration.DurationInput
}

const interruptMillisMax = 20
const interruptTriesMax = 10
const decodeArguments = Schema.decodeUnknown(
  Schema.parseJson(Schema.Record({ key: Schema.String, value: Schema.Unknown })),
)

const collect = (request: ChatRequest) =>
  Effect.flatMap(LanguageModel, (model) => Effect.map(Stream.runCollect(model.chat(request)), Chunk.toReadonlyArray))
const textOf = (parts: ReadonlyArray<ChatPart>) =>
  parts
    .filter(ChatPart.$is("TextDelta"))
    .map(({ text }) => text)
    .join("")

/** What every language model promises; runs against real time. */
export const languageModelContract = <E>(
  name: string,
  live: Layer.Layer<LanguageModel, E>,
  { talk, long, callTool, timeout = "15 seconds" }: LanguageModelContract,
) =>
  describe(`LanguageModel contract: ${name}`, () => {
    // Not `layer` of @effect/vitest: it changes `it.effect` for the whole file.
    const runtime = ManagedRuntime.make(live)
    afterAll(() => runtime.dispose())
    const test = <E>(title: string, self: Effect.Effect<void, E, LanguageModel>, millis = 5_000) =>
      it.live(title, () => Effect.provide(self, runtime), millis)

    const millis = Duration.toMillis(timeout)

    test(
      "streams a text and ends with exactly one Finish",
      Effect.gen(function* () {
        const parts = yield* collect(talk)
        assert.isAbove(parts.filter(ChatPart.$is("TextDelta")).length, 1, "a text in several parts")
        assert.isAbove(textOf(parts).trim().length, 0)
        assert.strictEqual(parts.findIndex(ChatPart.$is("Finish")), parts.length - 1, "Finish is the last and only one")
      }),
      millis,
    )

    test(
      "lets go within 20 ms when interrupted, and answers again after it",
      Effect.gen(function* () {
        const model = yield* LanguageModel
        const interruption = Effect.gen(function* () {
          const begun = yield* Deferred.make<void>()
          const fiber = yield* model.chat(long).pipe(
            Stream.runForEach(() => Deferred.succeed(begun, undefined)),
            Effect.fork,
          )
          yield* Deferred.await(begun)
          assert.isNull(fiber.unsafePoll(), "the answer is still under way")
          const [took] = yield* Effect.timed(Fiber.interrupt(fiber))
          return Duration.toMillis(took)
        })
        // A busy machine only ever adds, so the best try is the model's own; one that waits for its engine never makes it.
        const tries: Array<number> = []
        while (tries.length < interruptTriesMax && Math.min(...tries) > interruptMillisMax)
          tries.push(yield* interruption)
        assert.isAtMost(Math.min(...tries), interruptMillisMax)
        assert.isAbove(textOf(yield* collect(talk)).length, 0)
      }),
      millis,
    )

    test(
      "keeps two answers at the same time apart",
      Effect.gen(function* () {
        const answers = yield* Effect.all([collect(talk), collect(talk)], { concurrency: 2 })
        for (const parts of answers) assert.strictEqual(parts.filter(ChatPart.$is("Finish")).length, 1)
      }),
      millis,
    )

    test(
      "says what it is",
      Effect.map(LanguageModel, (model) => assert.match(model.name, /\S+/)),
    )

    if (callTool !== undefined) {
      test(
        "calls the request's tools, and makes a sentence of what they answer",
        Effect.gen(function* () {
          const parts = yield* collect(callTool)
          const calls = parts.filter(ChatPart.$is("ToolCallReady")).map(({ call }) => call)
          assert.isAbove(calls.length, 0)
          for (const call of calls) {
            assert.include(
              callTool.tools.map((tool) => tool.name),
              call.name,
            )
            yield* decodeArguments(call.arguments)
          }
          assert.strictEqual(new Set(calls.map(({ id }) => id)).size, calls.length, "ids are unique")
          assert.deepInclude(parts.at(-1), { _tag: "Finish", reason: "tool-calls" })
          const results = calls.map(({ id, name }) =>
            ChatMessage.ToolResult({ callId: id, name, result: "It is 10:00." }),
          )
          const after = yield* collect({
            ...callTool,
            messages: [
              ...callTool.messages,
              ChatMessage.Assistant({ text: textOf(parts), toolCalls: calls }),
              ...results,
            ],
          })
          assert.strictEqual(after.filter(ChatPart.$is("Finish")).length, 1)
        }),
        millis,
      )
    }
  })
