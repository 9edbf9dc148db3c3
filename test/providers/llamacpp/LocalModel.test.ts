import { assert, describe, it } from "@effect/vitest"
import { Chunk, Context, Duration, Effect, Layer, Schedule, Stream } from "effect"
import { ChatMessage, ChatPart, type ChatRequest, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import * as EngineProcess from "../../../src/providers/llamacpp/EngineProcess.ts"
import * as LocalModel from "../../../src/providers/llamacpp/LocalModel.ts"
import { localLanguageModel } from "../../../src/providers/ProviderPolicy.ts"
import { languageModelContract } from "../../contract/LanguageModel.ts"
import { smolLm2 } from "../../support/SmolLm2.ts"

const request = (text: string, outputTokensMax: number): ChatRequest => ({
  messages: [ChatMessage.System({ text: "You are a helpful assistant." }), ChatMessage.User({ text })],
  tools: [],
  outputTokensMax,
})
/** A machine that is busy with everything else at once still passes. */
const patient = {
  ...localLanguageModel,
  firstEventTimeout: Duration.seconds(90),
  interEventTimeout: Duration.seconds(30),
  totalTimeout: Duration.seconds(110),
}
const model = Layer.unwrapEffect(
  Effect.map(smolLm2, (path) => LocalModel.layer({ path, temperature: 0, policy: patient })),
)

languageModelContract("llama.cpp with SmolLM2", model, {
  talk: request("Say hello.", 12),
  long: request("Tell me a long story about a fox.", 400),
  timeout: "120 seconds",
})

const tool = {
  name: "set_timer",
  description: "Sets a timer",
  parameters: {
    type: "object",
    required: ["action"],
    properties: {
      action: { type: "string", enum: ["set", "cancel"], description: "what to do" },
      seconds: { type: "integer", minimum: 1, maximum: 60, title: "seconds" },
    },
    additionalProperties: false,
  },
}

const temporaryFile = (content: Uint8Array | string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const path = `/tmp/parley-test-${Bun.randomUUIDv7()}.gguf`
      await Bun.write(path, content)
      return path
    }),
    (path) => Effect.promise(() => Bun.file(path).delete()),
  )

describe("LocalModel", () => {
  it.scopedLive(
    "takes our tools' schemas, earlier calls and their results",
    () =>
      Effect.gen(function* () {
        const { chat, name } = Context.get(yield* Layer.build(model), LanguageModel)
        assert.strictEqual(name, "llama.cpp SmolLM2-135M-Instruct.Q4_1")
        const parts = yield* Stream.runCollect(
          chat({
            messages: [
              ChatMessage.User({ text: "Set a timer for 5 seconds." }),
              ChatMessage.Assistant({
                text: "",
                toolCalls: [{ id: "c1", name: "set_timer", arguments: '{"action":"set","seconds":5}' }],
              }),
              ChatMessage.ToolResult({ callId: "c1", name: "set_timer", result: "done" }),
              ChatMessage.Assistant({ text: "The timer is set.", toolCalls: [] }),
              ChatMessage.User({ text: "Thanks." }),
            ],
            tools: [tool],
            outputTokensMax: 8,
          }),
        )
        const finish = Chunk.toReadonlyArray(parts).at(-1)
        assert.strictEqual(finish?._tag, "Finish")
        if (finish?._tag === "Finish") assert.isAbove(finish.inputTokens, 20)
      }),
    120_000,
  )

  it.scopedLive(
    "stops where it is told to, and says so",
    () =>
      Effect.gen(function* () {
        const { chat } = Context.get(yield* Layer.build(model), LanguageModel)
        const parts = Chunk.toReadonlyArray(yield* Stream.runCollect(chat(request("Tell me a long story.", 5))))
        assert.deepInclude(parts.at(-1), { _tag: "Finish", reason: "length" })
        // What was held back while it might have been a call is flushed as a piece of its own.
        assert.isAtMost(parts.filter(ChatPart.$is("TextDelta")).length, 8)
      }),
    120_000,
  )

  it.scopedLive("a missing file, and a file that is no GGUF, are told at once", () =>
    Effect.gen(function* () {
      const missing = yield* Effect.flip(Layer.build(LocalModel.layer({ path: "/nowhere/model.gguf" })))
      assert.match(missing.message, /there is no file \/nowhere\/model.gguf/)
      const text = yield* temporaryFile("hello")
      const strange = yield* Effect.flip(Layer.build(LocalModel.layer({ path: text })))
      assert.match(strange.message, /is not a GGUF file/)
    }),
  )

  it.scopedLive(
    "a broken file is an error of the chat, not the end of this process",
    () =>
      Effect.gen(function* () {
        const whole = yield* smolLm2
        const cut = yield* Effect.promise(() => Bun.file(whole).slice(0, 1_000_000).bytes())
        const path = yield* temporaryFile(cut)
        const { chat } = Context.get(yield* Layer.build(LocalModel.layer({ path, policy: patient })), LanguageModel)
        const error = yield* Effect.flip(Stream.runDrain(chat(request("hello", 5))))
        assert.strictEqual(error.reason._tag, "Unavailable")
      }),
    60_000,
  )

  it.scopedLive(
    "a killed engine fails its chat and is known to be gone; a closed scope leaves no process",
    () =>
      Effect.gen(function* () {
        const path = yield* smolLm2
        const setup = { path, contextTokens: 512, sequences: 1, temperature: 0 }
        const pid = yield* Effect.scoped(
          Effect.gen(function* () {
            const engine = yield* EngineProcess.spawn(setup, "llama.cpp")
            yield* engine.ready
            const asked = {
              history: [
                { type: "user" as const, text: "Tell me a long story." },
                { type: "model" as const, response: [] },
              ],
              functions: {},
              outputTokensMax: 400,
            }
            const error = yield* engine.chat(asked).pipe(
              Stream.tap(() => Effect.sync(() => process.kill(engine.pid, "SIGKILL"))),
              Stream.runDrain,
              Effect.flip,
            )
            assert.match(error.message, /the engine ended \(signal/)
            assert.isFalse(engine.isAlive())
            const second = yield* EngineProcess.spawn(setup, "llama.cpp")
            return second.pid
          }),
        )
        const isGone = Effect.try(() => process.kill(pid, 0)).pipe(Effect.flip)
        yield* Effect.retry(isGone, Schedule.intersect(Schedule.spaced("50 millis"), Schedule.recurs(20)))
      }),
    120_000,
  )
})
