import { Cause, ConfigError, Console, Effect, Option, Predicate } from "effect"
import { ValidationError } from "@effect/cli"

/** What the innermost error says: the outer ones only say that there was one. */
export const innermost = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? innermost(error.cause) : error.message
}

/** Every setting that is missing or wrong, a line each. */
const settingProblems = (error: ConfigError.ConfigError): ReadonlyArray<string> => {
  switch (error._op) {
    case "And":
    case "Or":
      return [...settingProblems(error.left), ...settingProblems(error.right)]
    case "InvalidData":
    case "MissingData":
    case "SourceUnavailable":
    case "Unsupported":
      return [error.path.length === 0 ? error.message : `${error.path.join(".")}: ${error.message}`]
  }
}

/** The command and what a person may do, from what went wrong; nothing when it was said already. */
export const explain = (command: string, cause: Cause.Cause<unknown>): Option.Option<string> => {
  const failure = Cause.failureOption(cause)
  if (Option.isNone(failure)) {
    if (Cause.isInterruptedOnly(cause)) return Option.none()
    return Option.some(
      `${command}: this is a bug in Parley, please report it with what follows.\n${Cause.pretty(cause)}`,
    )
  }
  const error = failure.value
  if (ValidationError.isValidationError(error)) return Option.some(`Run \`${command} --help\` to see what it takes.`)
  if (Predicate.isTagged(error, "RoleRefusal")) return Option.none()
  if (ConfigError.isConfigError(error)) {
    const problems = settingProblems(error).map((problem) => `  ${problem}`)
    return Option.some([`${command}: settings that cannot be used`, ...problems].join("\n"))
  }
  const message = error instanceof Error ? error.message : String(error)
  const hint = Predicate.hasProperty(error, "hint") && Predicate.isString(error.hint) ? `\n${error.hint}` : ""
  return Option.some(`${command}: ${message}${hint}`)
}

export const report = (command: string) => (cause: Cause.Cause<unknown>) =>
  Option.match(explain(command, cause), { onNone: () => Effect.void, onSome: Console.error })
