import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Context, Effect, Layer, Option, Redacted } from "effect"
import { LanguageModel } from "../../src/domain/llm/LanguageModel.ts"
import * as Selection from "../../src/providers/Selection.ts"
import * as ChatServer from "../support/ChatServer.ts"

const nobody = { baseUrl: "http://127.0.0.1:1/v1" }
const withSettings = (settings: Record<string, string>) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(settings))))

const chosen = (settings: Record<string, string>, localServer = nobody) =>
  Effect.gen(function* () {
    const choice = yield* Selection.languageModelChoice(localServer)
    const report = yield* Selection.languageModelReport(localServer)
    return { choice, report }
  }).pipe(withSettings(settings), Effect.provide(FetchHttpClient.layer))

describe("Selection of the language model", () => {
  it.scopedLive("nothing configured and nobody there: the rules", () =>
    Effect.gen(function* () {
      const { choice, report } = yield* chosen({})
      assert.strictEqual(choice._tag, "Rules")
      assert.strictEqual(report.name, "embedded rules")
      assert.isTrue(report.usable)
      assert.match(Option.getOrThrow(report.advice), /PARLEY_LLM_URL/)
    }),
  )

  it.scopedLive("an Ollama that answers: its first model, or the one that is wanted", () =>
    Effect.gen(function* () {
      const server = yield* ChatServer.make
      const first = yield* chosen({}, server)
      assert.deepStrictEqual(first.choice, Selection.LanguageModelChoice.Ollama({ model: "ok" }))
      assert.isTrue(first.report.usable)
      const wanted = yield* chosen({ PARLEY_LLM_MODEL: "tools" }, server)
      assert.deepStrictEqual(wanted.choice, Selection.LanguageModelChoice.Ollama({ model: "tools" }))
      const missing = yield* chosen({ PARLEY_LLM_MODEL: "gone" }, server)
      assert.deepStrictEqual(missing.choice, Selection.LanguageModelChoice.Ollama({ model: "ok" }))
    }),
  )

  it.scopedLive("does not wait long for an Ollama that hangs", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.sync(() => Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } })),
        (listening) => Effect.sync(() => listening.stop(true)),
      )
      const choice = Selection.languageModelChoice({ baseUrl: `http://127.0.0.1:${server.port}/v1` }).pipe(
        withSettings({}),
        Effect.provide(FetchHttpClient.layer),
      )
      assert.strictEqual((yield* Effect.timeout(choice, "2 seconds"))._tag, "Rules")
    }),
  )

  it.scopedLive("a file comes before an Ollama, a server before a file", () =>
    Effect.gen(function* () {
      const server = yield* ChatServer.make
      const file = yield* chosen({ PARLEY_LLM_GGUF: "/nowhere/model.gguf" }, server)
      assert.deepStrictEqual(file.choice, Selection.LanguageModelChoice.File({ path: "/nowhere/model.gguf" }))
      assert.isFalse(file.report.usable)
      assert.match(file.report.detail, /there is no file/)
      const url = yield* chosen({ PARLEY_LLM_GGUF: "/nowhere/model.gguf", PARLEY_LLM_URL: server.baseUrl })
      assert.strictEqual(url.choice._tag, "Server")
      assert.isTrue(url.report.usable)
      assert.match(url.report.detail, /answers and has 2 models: ok, tools/)
    }),
  )

  it.scopedLive("OpenAI's key means OpenAI, and goes nowhere else", () =>
    Effect.gen(function* () {
      const settingsOf = (settings: Record<string, string>) =>
        Effect.map(Selection.languageModelChoice(nobody), (choice) =>
          choice._tag === "Server" ? choice.settings : assert.fail(choice._tag),
        ).pipe(withSettings(settings), Effect.provide(FetchHttpClient.layer))
      const openAi = yield* settingsOf({ OPENAI_API_KEY: "sk-1" })
      assert.strictEqual(openAi.baseUrl, "https://api.openai.com/v1")
      assert.strictEqual(openAi.apiKey && Redacted.value(openAi.apiKey), "sk-1")
      const elsewhere = yield* settingsOf({ OPENAI_API_KEY: "sk-1", PARLEY_LLM_URL: "http://127.0.0.1:1" })
      assert.isUndefined(elsewhere.apiKey)
      const own = yield* settingsOf({
        PARLEY_LLM_KEY: "own",
        PARLEY_LLM_URL: "http://127.0.0.1:1",
        PARLEY_LLM_MODEL: "m",
      })
      assert.strictEqual(own.apiKey && Redacted.value(own.apiKey), "own")
      assert.deepStrictEqual(own.model, Option.some("m"))
    }),
  )

  it.scopedLive("says what to do about a server that is not there, a wrong key and a missing model", () =>
    Effect.gen(function* () {
      const server = yield* ChatServer.make
      const away = yield* chosen({ PARLEY_LLM_URL: "http://127.0.0.1:1" })
      assert.isFalse(away.report.usable)
      assert.match(Option.getOrThrow(away.report.advice), /is the server running/)
      const key = yield* chosen({ PARLEY_LLM_URL: server.baseUrl, PARLEY_LLM_KEY: "wrong" })
      assert.match(Option.getOrThrow(key.report.advice), /PARLEY_LLM_KEY/)
      assert.notInclude(JSON.stringify(key.report), "Bearer")
      const model = yield* chosen({ PARLEY_LLM_URL: server.baseUrl, PARLEY_LLM_MODEL: "gone" })
      assert.isFalse(model.report.usable)
      assert.match(Option.getOrThrow(model.report.advice), /PARLEY_LLM_MODEL/)
    }),
  )

  it.scopedLive("the model that talks says its name", () =>
    Effect.gen(function* () {
      const server = yield* ChatServer.make
      const nameWith = (settings: Record<string, string>) =>
        Effect.map(
          Layer.build(Layer.provide(Selection.layerLanguageModel, FetchHttpClient.layer)),
          (context) => Context.get(context, LanguageModel).name,
        ).pipe(withSettings(settings))
      const host = server.baseUrl.replace(/^http:\/\/|\/v1$/g, "")
      assert.strictEqual(yield* nameWith({ PARLEY_LLM_URL: server.baseUrl }), `${host} ok`)
      assert.strictEqual(yield* nameWith({ OPENAI_API_KEY: "sk-1" }), "openai gpt-5-mini")
    }),
  )
})
