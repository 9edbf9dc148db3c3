import { Config, Effect, String } from "effect"
import { RoleFailure } from "./RoleFailure.ts"

const isGiven = (name: string) =>
  Config.string(name).pipe(
    Effect.map(String.isNonEmpty),
    Effect.orElseSucceed(() => false),
  )

/** Fails naming all settings at once that are missing. */
export const required = (names: ReadonlyArray<string>) =>
  Effect.flatMap(
    Effect.filter(names, (name) => Effect.map(isGiven(name), (given) => !given)),
    (missing) =>
      missing.length === 0
        ? Effect.void
        : new RoleFailure({
            message: `settings that are missing: ${missing.join(", ")}`,
            hint: "Set them in the environment or in .env; `parley agent --help` says what they are.",
          }),
  )
