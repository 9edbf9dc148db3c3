import { FetchHttpClient } from "@effect/platform"
import { assert, describe, it } from "@effect/vitest"
import { Chunk, Context, Deferred, Duration, Effect, Either, Fiber, Layer, Redacted, Stream } from "effect"
import OpenAI, { APIError, AuthenticationError, InternalServerError, NotFoundError, RateLimitError } from "openai"
import { ChatMessage, ChatPart, type ChatRequest, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import * as ChatCompletions from "../../../src/providers/openai/ChatCompletions.ts"
import * as Endpoint from "../../../src/providers/openai/Endpoint.ts"
import { interactiveLanguageModel, type ProviderPolicy } from "../../../src/providers/ProviderPolicy.ts"
import { languageModelContract } from "../../contract/LanguageModel.ts"
import * as ChatServer from "../../support/ChatServer.ts"

const request: ChatRequest = {
  messages: [ChatMessage.System({ text: "Be brief." }), ChatMessage.User({ text: "Hello" })],
  tools: [],
  outputTokensMax: 50,
}
const tools = ["clock", "timer"].map((name) => ({
  name,
  description: name,
  parameters: { type: "object", properties: {} },
}))
const key = "sk-secret-123"
const impatient: ProviderPolicy = {
  ...interactiveLanguageModel,
  firstEventTimeout: Duration.millis(200),
  interEventTimeout: Duration.millis(200),
  retry: { ...interactiveLanguageModel.retry, retriesMax: 0 },
}

const modelOf = (baseUrl: string, model: string, policy: ProviderPolicy = impatient) =>
  Effect.map(
    Layer.build(
      Layer.provide(
        ChatCompletions.layer({ baseUrl, model, policy, apiKey: Redacted.make(key) }),
        FetchHttpClient.layer,
      ),
    ),
    Context.get(LanguageModel),
  )

/** What one scenario gives: the parts, and how it ended. */
const run = (scenario: ChatServer.Scenario, policy?: ProviderPolicy, ask: ChatRequest = request) =>
  Effect.gen(function* () {
    const server = yield* ChatServer.make
    const model = yield* modelOf(server.baseUrl, scenario, policy)
    const parts: Array<ChatPart> = []
    const ended = yield* model.chat(ask).pipe(
      Stream.runForEach((part) => Effect.sync(() => parts.push(part))),
      Effect.either,
    )
    return {
      server,
      parts,
      error: Either.getOrUndefined(Either.flip(ended)),
      text: textOf(parts),
      finish: parts.at(-1),
    }
  })
const textOf = (parts: ReadonlyArray<ChatPart>) =>
  parts
    .filter(ChatPart.$is("TextDelta"))
    .map(({ text }) => text)
    .join("")

languageModelContract(
  "chat completions",
  Layer.unwrapScoped(
    Effect.map(ChatServer.make, ({ baseUrl }) => {
      const ok = ChatCompletions.layer({ baseUrl, model: "ok" })
      const stall = ChatCompletions.layer({ baseUrl, model: "stall" })
      const calls = ChatCompletions.layer({ baseUrl, model: "tools" })
      // One server model per kind of request, as the stand-in chooses what it does by the model's name.
      return Layer.effect(
        LanguageModel,
        Effect.gen(function* () {
          const [talking, stalling, calling] = yield* Effect.forEach([ok, stall, calls], (each) =>
            Effect.provide(LanguageModel, each),
          )
          return LanguageModel.of({
            name: talking?.name ?? "",
            chat: (asked) => {
              const last = asked.messages.at(-1)
              const chosen =
                last?._tag === "User" && last.text === "long"
                  ? stalling
                  : asked.tools.length > 0 && last?._tag === "User"
                    ? calling
                    : talking
              return chosen?.chat(asked) ?? Stream.empty
            },
          })
        }),
      )
    }),
  ).pipe(Layer.provide(FetchHttpClient.layer)),
  {
    talk: request,
    long: { ...request, messages: [ChatMessage.User({ text: "long" })] },
    callTool: { ...request, tools },
  },
)

describe("ChatCompletions", () => {
  it.scopedLive("sends what the protocol asks for, and reads text, reason and usage", () =>
    Effect.gen(function* () {
      const assistant = ChatMessage.Assistant({ text: "", toolCalls: [{ id: "c1", name: "clock", arguments: "{}" }] })
      const result = ChatMessage.ToolResult({ callId: "c1", name: "clock", result: "noon" })
      const ask = { ...request, messages: [...request.messages, assistant, result], tools: tools.slice(0, 1) }
      const { server, text, finish } = yield* run("ok", impatient, ask)
      assert.strictEqual(text, "Hello there, friend.")
      assert.deepStrictEqual(finish, ChatPart.Finish({ reason: "stop", inputTokens: 11, outputTokens: 4 }))
      assert.deepStrictEqual(server.authorizations, [`Bearer ${key}`])
      assert.deepStrictEqual(server.requests[0], {
        model: "ok",
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 50,
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Hello" },
          {
            role: "assistant",
            content: null,
            tool_calls: [{ id: "c1", type: "function", function: { name: "clock", arguments: "{}" } }],
          },
          { role: "tool", tool_call_id: "c1", content: "noon" },
        ],
        tools: [
          {
            type: "function",
            function: { name: "clock", description: "clock", parameters: { type: "object", properties: {} } },
          },
        ],
      })
    }),
  )

  it.scopedLive("puts parallel and split calls together", () =>
    Effect.gen(function* () {
      const { parts } = yield* run("tools")
      assert.deepStrictEqual(parts, [
        ChatPart.ToolCallReady({ call: { id: "call_a", name: "clock", arguments: '{"place":"Tokyo"}' } }),
        ChatPart.ToolCallReady({ call: { id: "call_b", name: "timer", arguments: '{"seconds":90}' } }),
        ChatPart.Finish({ reason: "tool-calls", inputTokens: 11, outputTokens: 4 }),
      ])
    }),
  )

  it.scopedLive("knows calls without an index by their ids", () =>
    Effect.gen(function* () {
      const { parts } = yield* run("unindexed-tools")
      assert.deepStrictEqual(
        parts.filter(ChatPart.$is("ToolCallReady")).map(({ call }) => [call.id, call.name, call.arguments]),
        [
          ["x1", "clock", "{}"],
          ["x2", "timer", '{"seconds":5}'],
        ],
      )
      assert.deepInclude(parts.at(-1), { reason: "tool-calls" })
    }),
  )

  const survived: ReadonlyArray<[ChatServer.Scenario, string]> = [
    ["unknown", "Hello"],
    ["no-done", "Hello there, friend."],
    ["never-closes", "Hello there, friend."],
    ["cut-after-finish", "Hello there, friend."],
  ]
  for (const [scenario, expected] of survived) {
    it.scopedLive(`survives ${scenario}`, () =>
      Effect.gen(function* () {
        const { text, finish, error } = yield* run(scenario, { ...impatient, interEventTimeout: Duration.seconds(2) })
        assert.isUndefined(error)
        assert.strictEqual(text, expected)
        assert.deepInclude(finish, { _tag: "Finish", reason: "stop" })
      }),
    )
  }

  for (const scenario of ["rejects-usage", "wants-completion-tokens"] as const) {
    it.scopedLive(`learns the dialect of a server that ${scenario}, and asks the wrong way only once`, () =>
      Effect.gen(function* () {
        const server = yield* ChatServer.make
        const model = yield* modelOf(server.baseUrl, scenario)
        assert.strictEqual(
          textOf(Chunk.toReadonlyArray(yield* Stream.runCollect(model.chat(request)))),
          "Hello there, friend.",
        )
        yield* Stream.runDrain(model.chat(request))
        assert.strictEqual(server.requests.length, 3)
      }),
    )
  }

  it.scopedLive("asks again when the server was down for a moment", () =>
    Effect.gen(function* () {
      const { text, server } = yield* run("flaky", interactiveLanguageModel)
      assert.strictEqual(text, "Hello there, friend.")
      assert.strictEqual(server.requests.length, 2)
    }),
  )

  const failures: ReadonlyArray<[ChatServer.Scenario, string, RegExp]> = [
    ["429", "RateLimited", /retry after 7s/],
    ["quota", "Rejected", /exceeded your current quota/],
    ["500", "Unavailable", /500: The server had an error/],
    ["401", "Rejected", /\(401\): Incorrect API key provided: <redacted>/],
    ["404", "Rejected", /\(404\): The model `404` does not exist/],
    ["stall", "TimedOut", /inter-event/],
    ["slow-first", "TimedOut", /first-event/],
    ["truncate", "Truncated", /cut off/],
    ["cut", "Unavailable", /no connection|connection/],
    ["mid-error", "Unavailable", /The server had an error/],
    ["malformed", "Malformed", /not JSON: \{"choices"/],
    ["html", "Malformed", /Welcome to nginx/],
    ["error-as-json", "Unavailable", /model is loading/],
    ["endless", "Malformed", /longer than/],
  ]
  for (const [scenario, reason, message] of failures) {
    it.scopedLive(`${scenario} is ${reason}`, () =>
      Effect.gen(function* () {
        const { error, parts } = yield* run(scenario)
        assert.strictEqual(error?.reason._tag, reason, error?.message)
        assert.match(error?.message ?? "", message)
        assert.notInclude(JSON.stringify(error), key)
        assert.isFalse(parts.some(ChatPart.$is("Finish")))
      }),
    )
  }

  it.scopedLive("a refused connection is Unavailable and says where", () =>
    Effect.gen(function* () {
      const model = yield* modelOf("http://127.0.0.1:1/v1", "m")
      const error = yield* Effect.flip(Stream.runDrain(model.chat(request)))
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.include(error.message, "http://127.0.0.1:1/v1/chat/completions")
    }),
  )

  const closeSeenAfter = Effect.scoped(
    Effect.gen(function* () {
      const server = yield* ChatServer.make
      const model = yield* modelOf(server.baseUrl, "stall", interactiveLanguageModel)
      const begun = yield* Deferred.make<void>()
      const fiber = yield* model.chat(request).pipe(
        Stream.runForEach(() => Deferred.succeed(begun, undefined)),
        Effect.fork,
      )
      yield* Deferred.await(begun)
      const interruptedAt = performance.now()
      yield* Fiber.interrupt(fiber)
      return (yield* server.clientLeft) - interruptedAt
    }),
  )
  it.live("the server sees the close within 20 ms of the interruption", () =>
    Effect.gen(function* () {
      // A busy machine only ever adds, so the best of three counts.
      const tries = [yield* closeSeenAfter, yield* closeSeenAfter, yield* closeSeenAfter]
      assert.isAtMost(Math.min(...tries), 20)
    }),
  )
})

describe("the stand-in is faithful to OpenAI's own client", () => {
  const sdk = (baseURL: string) => new OpenAI({ apiKey: "wrong-key", baseURL, maxRetries: 0 })
  const stream = (client: OpenAI, model: string) =>
    Effect.tryPromise(async () => {
      const chunks: Array<OpenAI.Chat.Completions.ChatCompletionChunk> = []
      const answer = await client.chat.completions.create({
        model,
        messages: [{ role: "user", content: "hi" }],
        stream: true,
        stream_options: { include_usage: true },
      })
      for await (const each of answer) chunks.push(each)
      return chunks
    }).pipe(Effect.mapError(({ error }) => error))

  it.scopedLive("text, usage, calls, refusals, the list of models", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* ChatServer.make
      const client = sdk(baseUrl)
      const ok = yield* stream(client, "ok")
      assert.strictEqual(ok.map((each) => each.choices[0]?.delta.content ?? "").join(""), "Hello there, friend.")
      assert.strictEqual(ok.at(-1)?.usage?.completion_tokens, 4)
      const calls = yield* stream(client, "tools")
      const pieces = calls.flatMap((each) => each.choices[0]?.delta.tool_calls ?? [])
      assert.deepStrictEqual([...new Set(pieces.map(({ index }) => index))], [0, 1])
      assert.isTrue((yield* Effect.flip(stream(client, "401"))) instanceof AuthenticationError)
      assert.isTrue((yield* Effect.flip(stream(client, "429"))) instanceof RateLimitError)
      assert.isTrue((yield* Effect.flip(stream(client, "500"))) instanceof InternalServerError)
      assert.isTrue((yield* Effect.flip(stream(client, "404"))) instanceof NotFoundError)
      assert.isTrue((yield* Effect.flip(stream(client, "mid-error"))) instanceof APIError)
      const models = yield* Effect.tryPromise(() => client.models.list())
      assert.deepStrictEqual(
        models.data.map(({ id }) => id),
        ["ok", "tools"],
      )
    }),
  )
})

describe("Endpoint", () => {
  it.scopedLive("lists the models, or says why not", () =>
    Effect.gen(function* () {
      const { baseUrl } = yield* ChatServer.make
      assert.deepStrictEqual(yield* Endpoint.models({ baseUrl }, "1 second"), ["ok", "tools"])
      const refused = yield* Effect.flip(Endpoint.models({ baseUrl, apiKey: Redacted.make("wrong") }, "1 second"))
      assert.match(refused.message, /refused \(401\): Incorrect API key provided: <redacted>/)
      const away = yield* Effect.flip(Endpoint.models({ baseUrl: "http://127.0.0.1:1" }, "1 second"))
      assert.strictEqual(away.reason._tag, "Unavailable")
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )

  const addresses = [
    ["http://127.0.0.1:11434", "http://127.0.0.1:11434/v1", "ollama"],
    ["http://localhost:8080/v1/", "http://localhost:8080/v1", "localhost:8080"],
    ["https://llm.example.org/openai/v1/chat/completions", "https://llm.example.org/openai/v1", "llm.example.org"],
    ["https://api.openai.com", "https://api.openai.com/v1", "openai"],
  ] as const
  for (const [given, base, provider] of addresses) {
    it(`understands ${given}`, () => {
      assert.strictEqual(Endpoint.normalise(given), base)
      assert.strictEqual(Endpoint.providerOf({ baseUrl: given }), provider)
    })
  }
})
