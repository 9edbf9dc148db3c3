import { Config, ConfigError, Either } from "effect"
import { defaults, type Settings } from "./ConversationSettings.ts"

const text = (name: string, fallback: string) => Config.string(name).pipe(Config.withDefault(fallback))

/** Times are set in milliseconds; anything outside the bounds is refused and says which they are. */
const millis = (name: string, fallback: number, min: number, max: number) =>
  Config.integer(name).pipe(
    Config.withDefault(fallback),
    Config.validate({
      message: `${name} must be between ${min} and ${max} milliseconds`,
      validation: (value) => value >= min && value <= max,
    }),
  )

const minute = 60_000

/** The settings of a conversation that a person may want to change, from the environment; all others are `defaults`. */
export const config: Config.Config<Settings> = Config.all({
  assistantName: text("PARLEY_ASSISTANT_NAME", defaults.assistantName),
  language: text("PARLEY_LANGUAGE", defaults.language),
  voice: text("PARLEY_VOICE", defaults.voice),
  systemPrompt: text("PARLEY_SYSTEM_PROMPT", defaults.systemPrompt),
  greeting: text("PARLEY_GREETING", defaults.greeting),
  delayMillisMin: millis("PARLEY_ENDPOINT_MS_MIN", defaults.endpointing.delayMillisMin, 100, 5_000),
  delayMillisMax: millis("PARLEY_ENDPOINT_MS_MAX", defaults.endpointing.delayMillisMax, 100, 10_000),
  confirmMillis: millis("PARLEY_BARGE_IN_MS", defaults.hearing.confirmMillis, 60, 2_000),
  askMillis: millis("PARLEY_SILENCE_ASK_MS", defaults.absence.askMillis, 1_000, 60 * minute),
  endMillis: millis("PARLEY_SILENCE_END_MS", defaults.absence.endMillis, 1_000, 60 * minute),
  contextTokensMax: Config.integer("PARLEY_CONTEXT_TOKENS").pipe(
    Config.withDefault(defaults.model.contextTokensMax),
    Config.validate({
      message: "PARLEY_CONTEXT_TOKENS must be between 200 and 1000000",
      validation: (n) => n >= 200 && n <= 1_000_000,
    }),
  ),
}).pipe(
  Config.mapOrFail(
    ({ askMillis, confirmMillis, contextTokensMax, delayMillisMax, delayMillisMin, endMillis, ...words }) =>
      delayMillisMin > delayMillisMax
        ? Either.left(ConfigError.InvalidData(["PARLEY_ENDPOINT_MS_MIN"], "is larger than PARLEY_ENDPOINT_MS_MAX"))
        : Either.right({
            ...defaults,
            ...words,
            hearing: { ...defaults.hearing, confirmMillis },
            endpointing: { ...defaults.endpointing, delayMillisMin, delayMillisMax },
            absence: { askMillis, endMillis },
            model: { ...defaults.model, contextTokensMax },
          }),
  ),
)
