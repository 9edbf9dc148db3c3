import { Path } from "@effect/platform"
import { Config, Effect } from "effect"

/** Loopback only: in this role everybody who reaches the port is the local user. */
export const hostname = "127.0.0.1"
export const portDefault = 7780

/** Kept in the home folder, so that conversations are found again from wherever the command is run. */
export const dataFolderDefault = Effect.gen(function* () {
  const path = yield* Path.Path
  const home = yield* Config.string("HOME").pipe(
    Config.orElse(() => Config.string("USERPROFILE")),
    Config.withDefault("."),
  )
  return path.resolve(home, ".parley")
})
