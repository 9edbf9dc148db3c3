import { FileSystem, Path } from "@effect/platform"
import { Config, Effect, Option, String } from "effect"
import { broken, type Check, note, ok } from "./Check.ts"
import * as Machine from "./Machine.ts"
import { settings } from "./Settings.ts"

/** The database, unpacked, and room to work in. */
const freeBytesMin = 500 * 1_000_000

const given = (name: string) =>
  Config.string(name).pipe(
    Config.option,
    Effect.map(Option.filter(String.isNonEmpty)),
    Effect.orElseSucceed(() => Option.none<string>()),
  )

export const runtime: Effect.Effect<ReadonlyArray<Check>> = Effect.sync(() => [
  Machine.isRecentBun(Machine.bunVersion)
    ? ok("runtime", { name: "Bun", detail: Machine.bunVersion })
    : broken("runtime", {
        name: "Bun",
        detail: `${Machine.bunVersion} is older than ${Machine.bunVersionMin}`,
        remedy: "Run `bun upgrade`.",
      }),
])

/** Where Bun found a variable: it reads these files of the working directory into the environment. */
const envFiles = [".env.local", ".env"]

const sourceOf = Effect.fnUntraced(function* (name: string) {
  const files = yield* FileSystem.FileSystem
  const found = yield* Effect.findFirst(envFiles, (file) =>
    files.readFileString(file).pipe(
      Effect.map((text) => text.split("\n").some((line) => line.trim().startsWith(`${name}=`))),
      Effect.orElseSucceed(() => false),
    ),
  )
  return Option.getOrElse(found, () => "the environment")
})

export const configured = Effect.forEach(settings, ({ fallback, name, secret }) =>
  Effect.flatMap(
    given(name),
    Option.match({
      onNone: () => Effect.succeed(note("settings", { name, detail: `not set: ${fallback}` })),
      onSome: (value) =>
        Effect.map(sourceOf(name), (source) =>
          ok("settings", { name, detail: `${secret ? "set (hidden)" : value}, from ${source}` }),
        ),
    }),
  ),
)

/** The nearest folder above that exists is what decides. */
const existing = (path: string): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const isThere = yield* files.exists(path).pipe(Effect.orElseSucceed(() => false))
    return isThere || paths.dirname(path) === path ? path : yield* existing(paths.dirname(path))
  })

export const dataFolder = Effect.fnUntraced(function* (folder: string) {
  const files = yield* FileSystem.FileSystem
  const there = yield* existing(folder)
  const remedy = "Choose another folder with --data or PARLEY_DATA, or make room there."
  const isWritable = yield* files.access(there, { writable: true }).pipe(Effect.isSuccess)
  const info = yield* files.stat(there).pipe(Effect.option)
  const isFolder = Option.exists(info, ({ type }) => type === "Directory")
  const writable =
    isWritable && isFolder
      ? ok("data", { name: "folder", detail: there === folder ? folder : `${folder} (will be made)` })
      : broken("data", {
          name: "folder",
          detail: `${there} ${isFolder ? "cannot be written" : "is not a folder"}`,
          remedy,
        })
  const free = Option.getOrElse(yield* Machine.freeBytes(there), () => Number.POSITIVE_INFINITY)
  const megabytes = `${Math.floor(free / 1e6)} MB free`
  const space =
    free < freeBytesMin
      ? broken("data", { name: "disk", detail: megabytes, remedy })
      : ok("data", { name: "disk", detail: megabytes })
  return [writable, space]
})
