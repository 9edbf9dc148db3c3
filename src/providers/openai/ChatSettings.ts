import type { HttpClient } from "@effect/platform"
import { Config, ConfigError, Duration, Effect, Either, Layer, Option } from "effect"
import type { LanguageModel } from "../../domain/llm/LanguageModel.ts"
import { interactiveLanguageModel, localLanguageModel } from "../ProviderPolicy.ts"
import * as ChatCompletions from "./ChatCompletions.ts"
import * as Endpoint from "./Endpoint.ts"

/** OpenAI's own model when none is named. */
export const openAiDefaultModel = "gpt-5-mini"
const listTimeout = Duration.seconds(2)

export interface ChatSettings extends Endpoint.Endpoint {
  readonly model: Option.Option<string>
}

/**
 * `PARLEY_LLM_URL`, `PARLEY_LLM_MODEL`, and `PARLEY_LLM_KEY` or `OPENAI_API_KEY`. Without a URL it is OpenAI, for which a key is needed.
 * OpenAI's key goes to no other server unless it is given as `PARLEY_LLM_KEY`.
 */
export const config: Config.Config<ChatSettings> = Config.all({
  baseUrl: Config.option(Config.nonEmptyString("PARLEY_LLM_URL")),
  key: Config.option(Config.redacted(Config.nonEmptyString("PARLEY_LLM_KEY"))),
  openAiKey: Config.option(Config.redacted(Config.nonEmptyString("OPENAI_API_KEY"))),
  model: Config.option(Config.nonEmptyString("PARLEY_LLM_MODEL")),
}).pipe(
  Config.mapOrFail(({ baseUrl, key, openAiKey, model }) => {
    const atOpenAi = Option.isNone(baseUrl) || Endpoint.providerOf({ baseUrl: baseUrl.value }) === "openai"
    const apiKey = atOpenAi ? Option.orElse(key, () => openAiKey) : key
    if (Option.isNone(baseUrl) && Option.isNone(apiKey)) {
      return Either.left(ConfigError.MissingData([], "set PARLEY_LLM_URL or OPENAI_API_KEY"))
    }
    return Either.right({
      baseUrl: Option.getOrElse(baseUrl, () => Endpoint.openAiBaseUrl),
      model,
      ...(Option.isSome(apiKey) ? { apiKey: apiKey.value } : {}),
    })
  }),
)

/** A server's first model when none is named: servers at home mostly have only one. */
const modelOf = (settings: ChatSettings) =>
  Effect.gen(function* () {
    if (Option.isSome(settings.model)) return settings.model.value
    if (Endpoint.providerOf(settings) === "openai") return openAiDefaultModel
    const names = yield* Effect.orElseSucceed(Endpoint.models(settings, listTimeout), (): ReadonlyArray<string> => [])
    return names[0] ?? "default"
  })

export const layerSettings = (settings: ChatSettings): Layer.Layer<LanguageModel, never, HttpClient.HttpClient> =>
  Layer.unwrapEffect(
    Effect.map(modelOf(settings), (model) =>
      ChatCompletions.layer({
        ...settings,
        model,
        policy: Endpoint.isLocal(settings) ? localLanguageModel : interactiveLanguageModel,
      }),
    ),
  )

export const layerConfig: Layer.Layer<LanguageModel, ConfigError.ConfigError, HttpClient.HttpClient> =
  Layer.unwrapEffect(Effect.map(config, layerSettings))
