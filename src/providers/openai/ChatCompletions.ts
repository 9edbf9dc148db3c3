import { HttpBody, HttpClient, HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import { Effect, Layer, Option, Ref, Stream } from "effect"
import { type ChatPart, type ChatRequest, LanguageModel } from "../../domain/llm/LanguageModel.ts"
import { Malformed, ProviderError } from "../../domain/speech/ProviderError.ts"
import * as CircuitBreaker from "../../infra/resilience/CircuitBreaker.ts"
import { guardStream } from "../Guard.ts"
import { interactiveLanguageModel, type ProviderPolicy } from "../ProviderPolicy.ts"
import * as ChatStream from "./ChatStream.ts"
import * as ChatWire from "./ChatWire.ts"
import * as Endpoint from "./Endpoint.ts"
import * as Refusal from "./Refusal.ts"

export interface ChatCompletionsOptions extends Endpoint.Endpoint {
  readonly model: string
  readonly policy?: ProviderPolicy
}

/** What is read of an answer that is not a stream. */
const plainBodyCharsMax = 64_000

/** Reads a text up to a bound; the rest is left unread. */
const readText = (response: HttpClientResponse.HttpClientResponse) =>
  response.stream.pipe(
    Stream.decodeText(),
    Stream.scan("", (all, piece) => all + piece),
    Stream.takeUntil((all) => all.length >= plainBodyCharsMax),
    Stream.runLast,
    Effect.map(Option.getOrElse(() => "")),
    Effect.orElseSucceed(() => ""),
  )

/** Talks to one model of one server. */
const client = (options: ChatCompletionsOptions, http: HttpClient.HttpClient, dialect: Ref.Ref<ChatWire.Dialect>) => {
  const url = Endpoint.urlOf(options, "/chat/completions")
  const provider = Endpoint.providerOf(options)
  const fail = (reason: ProviderError["reason"]) => new ProviderError({ provider, operation: "chat", reason })
  const withoutKey = (text: string) => Endpoint.withoutKey(options, text)

  const post = Effect.fnUntraced(function* (request: ChatRequest, spoken: ChatWire.Dialect) {
    const body = HttpBody.unsafeJson(ChatWire.encode(request, options.model, spoken))
    return yield* http
      .execute(HttpClientRequest.post(url, { headers: Endpoint.headersOf(options), body }))
      .pipe(Effect.mapError((error) => fail(Refusal.ofTransport(error, url))))
  })

  /** Which other dialect a server may mean that refused ours, and whether there is one. */
  const otherDialect = (spoken: ChatWire.Dialect, body: string): Option.Option<ChatWire.Dialect> => {
    if (spoken.usage && body.includes("stream_options")) return Option.some({ ...spoken, usage: false })
    if (spoken.outputTokensField === "max_tokens" && body.includes("max_completion_tokens")) {
      return Option.some({ ...spoken, outputTokensField: "max_completion_tokens" })
    }
    return Option.none()
  }

  const open = (request: ChatRequest): Effect.Effect<HttpClientResponse.HttpClientResponse, ProviderError> =>
    Effect.gen(function* () {
      const spoken = yield* Ref.get(dialect)
      const response = yield* post(request, spoken)
      if (response.status < 400) return response
      const body = withoutKey(yield* readText(response))
      const other = response.status === 400 || response.status === 422 ? otherDialect(spoken, body) : Option.none()
      if (Option.isNone(other)) return yield* fail(yield* Refusal.ofStatus(response.status, response.headers, body))
      yield* Ref.set(dialect, other.value)
      return yield* open(request)
    })

  const notAStream = (response: HttpClientResponse.HttpClientResponse) =>
    Effect.flatMap(Effect.map(readText(response), withoutKey), (body) =>
      fail(
        Option.match(Refusal.errorIn(body), {
          onNone: () => new Malformed({ detail: `not an event stream: ${Refusal.excerpt(body)}` }),
          onSome: Refusal.ofEvent,
        }),
      ),
    )

  return Effect.fnUntraced(function* (request: ChatRequest) {
    const response = yield* open(request)
    const type = response.headers["content-type"] ?? ""
    if (/html|json/.test(type)) return yield* notAStream(response)
    return ChatStream.of(response, { fail, url, withoutKey })
  }, Stream.unwrap)
}

/**
 * A language model of any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, llama.cpp, vLLM and others.
 * https://platform.openai.com/docs/api-reference/chat
 */
export const layer = (options: ChatCompletionsOptions): Layer.Layer<LanguageModel, never, HttpClient.HttpClient> =>
  Layer.effect(
    LanguageModel,
    Effect.gen(function* () {
      // Our trace headers are nothing to a vendor.
      const http = HttpClient.withTracerPropagation(yield* HttpClient.HttpClient, false)
      const provider = Endpoint.providerOf(options)
      const name = `${provider} ${options.model}`
      const policy = options.policy ?? interactiveLanguageModel
      const breaker = yield* CircuitBreaker.make(name, policy.breaker)
      const dialect = yield* Ref.make<ChatWire.Dialect>({
        usage: true,
        outputTokensField: provider === "openai" ? "max_completion_tokens" : "max_tokens",
      })
      const chat = client(options, http, dialect)
      const guarded = guardStream<ChatPart>({ provider, operation: "chat", policy, breaker })
      return LanguageModel.of({ name, chat: (request) => guarded(chat(request)) })
    }),
  )
