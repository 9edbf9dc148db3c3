import { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Redacted } from "effect"
import { EmbeddedPostgresReason, failWith, fromOutput, fromPlatform } from "./EmbeddedPostgresError.ts"
import type { ServerBinaries } from "./ServerBinaries.ts"
import { own } from "./ServerUser.ts"
import { type RunAs, run } from "./Subprocess.ts"

export interface Cluster {
  readonly dataDir: string
  readonly password: Redacted.Redacted
}

export const superuser = "parley"

/** Inside the data directory, so that the one is never there without the other. */
const passwordFile = "parley.password"
const initTimeout = "60 seconds"

const initdbArgs = (dataDir: string, pwfile: string) => [
  `--pgdata=${dataDir}`,
  `--username=${superuser}`,
  `--pwfile=${pwfile}`,
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  // The built-in provider sorts the same on every system and after every upgrade of its libraries.
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-instructions",
]

interface Options {
  readonly home: string
  readonly runAs: RunAs
  readonly binaries: ServerBinaries
  readonly progress: (line: string) => Effect.Effect<void>
}

/** Made beside its place and moved there whole: a start that was cut off leaves nothing that looks like a database. */
const initialise = Effect.fnUntraced(function* ({ binaries, home, progress, runAs }: Options, dataDir: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* progress("initialising the database (once)")
  for (const entry of yield* fs.readDirectory(home)) {
    if (entry.startsWith("data.new-")) yield* fs.remove(path.join(home, entry), { recursive: true, force: true })
  }
  const id = crypto.randomUUID()
  const fresh = path.join(home, `data.new-${id}`)
  const pwfile = path.join(home, `data.new-${id}.password`)
  const password = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url")
  yield* fs.writeFileString(pwfile, password, { mode: 0o600 })
  yield* own(pwfile, runAs)
  const { exitCode, output } = yield* run(binaries.program("initdb"), initdbArgs(fresh, pwfile), {
    runAs,
    cwd: home,
  }).pipe(
    Effect.timeoutOption(initTimeout),
    Effect.map(Option.getOrElse(() => ({ exitCode: -1, output: `no end after ${initTimeout}` }))),
  )
  if (exitCode !== 0) {
    yield* Effect.ignore(fs.remove(pwfile, { force: true }))
    return yield* fromOutput("initdb", dataDir, 0, output)
  }
  yield* fs.rename(pwfile, path.join(fresh, passwordFile))
  yield* fs.rename(fresh, dataDir)
})

/** The database's files in `home/data`, initialised if there are none, and the password of its superuser. */
export const ensure = Effect.fnUntraced(
  function* (options: Options) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const dataDir = path.join(options.home, "data")
    if (!(yield* fs.exists(dataDir))) yield* initialise(options, dataDir)

    const owner = (yield* fs.stat(dataDir)).uid
    const us = options.runAs?.uid ?? process.getuid?.()
    if (us !== undefined && Option.isSome(owner) && owner.value !== us) {
      return yield* failWith(EmbeddedPostgresReason.WrongOwner({ path: dataDir, uid: owner.value }))
    }
    const damaged = (file: string) => () =>
      failWith(EmbeddedPostgresReason.Damaged({ path: dataDir, detail: `the file ${file} cannot be read` }))
    const found = yield* fs
      .readFileString(path.join(dataDir, "PG_VERSION"))
      .pipe(Effect.mapBoth({ onFailure: damaged("PG_VERSION"), onSuccess: (text) => text.trim() }))
    const expected = options.binaries.majorVersion
    if (found !== expected) {
      return yield* failWith(EmbeddedPostgresReason.WrongVersion({ path: dataDir, found, expected }))
    }
    const password = yield* fs
      .readFileString(path.join(dataDir, passwordFile))
      .pipe(Effect.mapError(damaged(passwordFile)))
    return { dataDir, password: Redacted.make(password) } satisfies Cluster
  },
  (effect, { home }) => Effect.catchTag(effect, "BadArgument", "SystemError", (error) => fromPlatform(home)(error)),
)
