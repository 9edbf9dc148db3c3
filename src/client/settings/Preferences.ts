import { Effect, Option, Schema } from "effect"
import { makeStore, type Store } from "../conversation/Store.ts"

export const Theme = Schema.Literal("system", "light", "dark")
export type Theme = typeof Theme.Type

const Preferences = Schema.Struct({
  theme: Schema.optionalWith(Theme, { default: () => "system" as const }),
  /** Undefined: whichever microphone the browser prefers. */
  microphoneId: Schema.optional(Schema.String),
  /** The person agrees to be recorded. */
  record: Schema.optionalWith(Schema.Boolean, { default: () => false }),
})

/** What this browser remembers of a person's choices. */
export type Preferences = typeof Preferences.Type
export type PreferencesChange = Partial<Preferences>

const key = "parley.preferences"
const decode = Schema.decodeOption(Schema.parseJson(Preferences))
const encode = Schema.encodeSync(Schema.parseJson(Preferences))

/** Storage may be forbidden to the page, or hold something of an older version: then the defaults are right. */
const read = Effect.try(() => Option.fromNullable(window.localStorage.getItem(key))).pipe(
  Effect.map(Option.flatMap(decode)),
  Effect.orElseSucceed(Option.none),
  Effect.map(Option.getOrElse((): Preferences => ({ theme: "system", record: false }))),
)

const write = (preferences: Preferences) =>
  Effect.ignore(Effect.try(() => window.localStorage.setItem(key, encode(preferences))))

const show = (theme: Theme) => {
  document.documentElement.dataset["theme"] = theme
}

export const makePreferences = (): Store<Preferences, PreferencesChange> => {
  const initial = Effect.runSync(read)
  show(initial.theme)
  return makeStore((before: Preferences, change: PreferencesChange) => {
    const after = { ...before, ...change }
    show(after.theme)
    Effect.runSync(write(after))
    return after
  }, initial)
}
