import type { HttpClient } from "@effect/platform"
import { Config, type ConfigError, Data, Duration, Effect, Layer, Option } from "effect"
import type { LanguageModel } from "../domain/llm/LanguageModel.ts"
import type { ProviderError } from "../domain/speech/ProviderError.ts"
import * as RulesModel from "./embedded/RulesModel.ts"
import * as LocalModel from "./llamacpp/LocalModel.ts"
import * as ChatSettings from "./openai/ChatSettings.ts"
import * as Endpoint from "./openai/Endpoint.ts"

/** Which language model talks, and where that was said. */
export type LanguageModelChoice = Data.TaggedEnum<{
  /** `PARLEY_LLM_URL` or `OPENAI_API_KEY`. */
  Server: { readonly settings: ChatSettings.ChatSettings }
  /** `PARLEY_LLM_GGUF`. */
  File: { readonly path: string }
  /** Nothing was configured, but an Ollama answers on this machine. */
  Ollama: { readonly model: string }
  Rules: {}
}>
export const LanguageModelChoice = Data.taggedEnum<LanguageModelChoice>()

/** How long the start may wait to learn whether an Ollama is there. */
const ollamaTimeout = Duration.millis(300)
/** What `parley doctor` gives a server to answer. */
const reachTimeout = Duration.seconds(3)

const ollama: Endpoint.Endpoint = { baseUrl: Endpoint.ollamaBaseUrl }

const isSet = (name: string) => Effect.map(Config.option(Config.nonEmptyString(name)), Option.isSome)

/** Ollama writes `llama3.2:latest` where people write `llama3.2`. */
const preferred = (names: ReadonlyArray<string>, wanted: Option.Option<string>): Option.Option<string> =>
  Option.flatMap(wanted, (name) =>
    Option.fromNullable(names.find((each) => each === name || each === `${name}:latest`)),
  ).pipe(Option.orElse(() => Option.fromNullable(names[0])))

const runningOllama = (endpoint: Endpoint.Endpoint) =>
  Effect.gen(function* () {
    const wanted = yield* Config.option(Config.nonEmptyString("PARLEY_LLM_MODEL"))
    const names = yield* Effect.orElseSucceed(Endpoint.models(endpoint, ollamaTimeout), (): ReadonlyArray<string> => [])
    return preferred(names, wanted)
  })

/**
 * What is configured comes first; then an Ollama on this machine; then the rules, which are always there. A model that was chosen is
 * kept when it fails: whoever configured it should hear of the failure, not talk to something else.
 */
export const languageModelChoice = Effect.fn("Selection.languageModelChoice")(function* (
  localServer: Endpoint.Endpoint = ollama,
) {
  if ((yield* isSet("PARLEY_LLM_URL")) || (yield* isSet("OPENAI_API_KEY"))) {
    return LanguageModelChoice.Server({ settings: yield* ChatSettings.config })
  }
  const file = yield* Config.option(LocalModel.config)
  if (Option.isSome(file)) return LanguageModelChoice.File({ path: file.value })
  return Option.match(yield* runningOllama(localServer), {
    onNone: () => LanguageModelChoice.Rules(),
    onSome: (model) => LanguageModelChoice.Ollama({ model }),
  })
})

export const layerOfChoice = (
  choice: LanguageModelChoice,
  localServer: Endpoint.Endpoint = ollama,
): Layer.Layer<LanguageModel, ProviderError, HttpClient.HttpClient> =>
  LanguageModelChoice.$match(choice, {
    Server: ({ settings }) => ChatSettings.layerSettings(settings),
    File: ({ path }) => LocalModel.layer({ path }),
    Ollama: ({ model }) => ChatSettings.layerSettings({ ...localServer, model: Option.some(model) }),
    Rules: () => RulesModel.layer(),
  })

/** The language model of `parley dev` and `parley talk`. `LanguageModel.name` says which it is. */
export const layerLanguageModel: Layer.Layer<
  LanguageModel,
  ProviderError | ConfigError.ConfigError,
  HttpClient.HttpClient
> = Layer.unwrapEffect(Effect.map(languageModelChoice(), (choice) => layerOfChoice(choice)))

/** One finding of `parley doctor`. */
export interface LanguageModelReport {
  /** What talks, such as `openai gpt-5-mini`. */
  readonly name: string
  /** Where the choice comes from. */
  readonly configured: string
  readonly usable: boolean
  /** What was found. */
  readonly detail: string
  /** What to do, when there is something to do. */
  readonly advice: Option.Option<string>
}

const upgrade = "for real conversations start Ollama, or set PARLEY_LLM_URL, OPENAI_API_KEY or PARLEY_LLM_GGUF"

const adviceFor = (error: ProviderError, settings: ChatSettings.ChatSettings): string => {
  if (error.reason._tag !== "Rejected")
    return `is ${Endpoint.normalise(settings.baseUrl)} the right address, and is the server running?`
  const { status } = error.reason
  if (status === 401 || status === 403) {
    return Endpoint.providerOf(settings) === "openai" ? "check OPENAI_API_KEY" : "check PARLEY_LLM_KEY"
  }
  return status === 404
    ? "the server has no list of models; PARLEY_LLM_URL should end where /chat/completions begins"
    : "see the server's message"
}

const reportServer = (settings: ChatSettings.ChatSettings, configured: string) =>
  Effect.gen(function* () {
    const provider = Endpoint.providerOf(settings)
    const wanted = yield* Effect.map(
      Effect.succeed(settings.model),
      Option.orElse(() => (provider === "openai" ? Option.some(ChatSettings.openAiDefaultModel) : Option.none())),
    )
    const named = (model: Option.Option<string>) => `${provider} ${Option.getOrElse(model, () => "default")}`
    return yield* Effect.match(Endpoint.models(settings, reachTimeout), {
      onFailure: (error): LanguageModelReport => ({
        name: named(wanted),
        configured,
        usable: false,
        detail: error.message,
        advice: Option.some(adviceFor(error, settings)),
      }),
      onSuccess: (names): LanguageModelReport => {
        const lacks =
          Option.isSome(wanted) && !names.includes(wanted.value) && !names.includes(`${wanted.value}:latest`)
        const some = names.slice(0, 5).join(", ")
        return {
          name: named(Option.orElse(wanted, () => Option.fromNullable(names[0]))),
          configured,
          usable: !lacks,
          detail: `${Endpoint.normalise(settings.baseUrl)} answers and has ${names.length} models${some === "" ? "" : `: ${some}`}`,
          advice: lacks ? Option.some("set PARLEY_LLM_MODEL to one of the server's models") : Option.none(),
        }
      },
    })
  })

const reportFile = (path: string) =>
  Effect.match(LocalModel.check(path), {
    onFailure: (error): LanguageModelReport => ({
      name: `llama.cpp ${path}`,
      configured: "PARLEY_LLM_GGUF",
      usable: false,
      detail: error.message,
      advice: Option.some("set PARLEY_LLM_GGUF to a whole .gguf file that this user may read"),
    }),
    onSuccess: (): LanguageModelReport => ({
      name: `llama.cpp ${path}`,
      configured: "PARLEY_LLM_GGUF",
      usable: true,
      detail: "the file is there",
      advice: Option.none(),
    }),
  })

/** What is configured, whether it can be reached, and what to do about it. */
export const languageModelReport = Effect.fn("Selection.languageModelReport")(function* (
  localServer: Endpoint.Endpoint = ollama,
) {
  const choice = yield* languageModelChoice(localServer)
  return yield* LanguageModelChoice.$match(choice, {
    Server: ({ settings }) =>
      Effect.flatMap(isSet("PARLEY_LLM_URL"), (byUrl) =>
        reportServer(settings, byUrl ? "PARLEY_LLM_URL" : "OPENAI_API_KEY"),
      ),
    File: ({ path }) => reportFile(path),
    Ollama: ({ model }) => reportServer({ ...localServer, model: Option.some(model) }, "an Ollama on this machine"),
    Rules: () =>
      Effect.succeed<LanguageModelReport>({
        name: "embedded rules",
        configured: "nothing",
        usable: true,
        detail: "a set of rules answers, not a language model",
        advice: Option.some(upgrade),
      }),
  })
})
