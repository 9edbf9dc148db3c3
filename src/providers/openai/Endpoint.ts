import { HttpClient, HttpClientRequest, HttpClientResponse } from "@effect/platform"
import { Duration, Effect, Redacted, Schema } from "effect"
import { Malformed, ProviderError, TimedOut } from "../../domain/speech/ProviderError.ts"
import * as Refusal from "./Refusal.ts"

/** Where an OpenAI-compatible server is, and how it knows us. */
export interface Endpoint {
  /** Such as `https://api.openai.com/v1`; a bare host gets `/v1`. */
  readonly baseUrl: string
  readonly apiKey?: Redacted.Redacted
}

export const openAiBaseUrl = "https://api.openai.com/v1"
export const ollamaBaseUrl = "http://127.0.0.1:11434/v1"

/** People give the host, the base or the whole address: all mean the same server. */
export const normalise = (url: string): string => {
  const base = url
    .trim()
    .replace(/\/+$/, "")
    .replace(/\/chat\/completions$/, "")
  return /^https?:\/\/[^/]+$/.test(base) ? `${base}/v1` : base
}

export const urlOf = (endpoint: Endpoint, path: string): string => `${normalise(endpoint.baseUrl)}${path}`

export const isLocal = (endpoint: Endpoint): boolean =>
  /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(endpoint.baseUrl)

/** The server's name for people. */
export const providerOf = (endpoint: Endpoint): string => {
  const base = normalise(endpoint.baseUrl)
  if (base === openAiBaseUrl) return "openai"
  if (isLocal(endpoint) && base.includes(":11434/")) return "ollama"
  return base.replace(/^https?:\/\//, "").replace(/\/.*$/, "")
}

export const headersOf = ({ apiKey }: Endpoint): Record<string, string> =>
  apiKey === undefined ? {} : { authorization: `Bearer ${Redacted.value(apiKey)}` }

/** Servers repeat the key in their refusals; nobody else may read it. To be used before a text is cut to an excerpt. */
export const withoutKey = ({ apiKey }: Endpoint, text: string): string => {
  const key = apiKey === undefined ? "" : Redacted.value(apiKey)
  return key === "" ? text : text.replaceAll(key, "<redacted>")
}

const ModelList = Schema.Struct({ data: Schema.Array(Schema.Struct({ id: Schema.String })) })

/** The names of the models that a server has, in its order. Also the cheapest way to learn whether it is there and knows our key. */
export const models = Effect.fn("Endpoint.models")(function* (endpoint: Endpoint, within: Duration.DurationInput) {
  const url = urlOf(endpoint, "/models")
  const fail = (reason: ProviderError["reason"]) =>
    new ProviderError({ provider: providerOf(endpoint), operation: "models", reason })
  const http = HttpClient.withTracerPropagation(yield* HttpClient.HttpClient, false)
  return yield* http.execute(HttpClientRequest.get(url, { headers: headersOf(endpoint) })).pipe(
    Effect.mapError((error) => fail(Refusal.ofTransport(error, url))),
    Effect.flatMap((response) =>
      response.status < 400
        ? HttpClientResponse.schemaBodyJson(ModelList)(response).pipe(
            Effect.mapError((error) => fail(new Malformed({ detail: Refusal.excerpt(error.message) }))),
          )
        : Effect.flatMap(
            Effect.orElseSucceed(response.text, () => ""),
            (body) =>
              Effect.flatMap(
                Refusal.ofStatus(response.status, response.headers, withoutKey(endpoint, body)),
                (reason) => Effect.fail(fail(reason)),
              ),
          ),
    ),
    Effect.map(({ data }) => data.map(({ id }) => id)),
    Effect.timeoutFail({
      duration: within,
      onTimeout: () => fail(new TimedOut({ stage: "attempt", budgetMillis: Duration.toMillis(within) })),
    }),
  )
})
