import { Database } from "bun:sqlite"
import { Effect, Predicate, Schema, type Scope } from "effect"
import { EmbeddedPostgresReason, failWith, type EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

const Holder = Schema.Struct({ user_version: Schema.Int })

const isBusy = (error: unknown) => Predicate.hasProperty(error, "code") && error.code === "SQLITE_BUSY"

/**
 * Holds `file`, which stands for `dataDir`, for this process alone until the scope closes.
 *
 * SQLite's write lock is a lock of the operating system on every platform that we run on: it is gone with the process,
 * however that ends, so there is no stale lock to judge by a process id that may have been given away again. A reader
 * may still see who holds it.
 */
export const acquire = (file: string, dataDir: string): Effect.Effect<void, EmbeddedPostgresError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => new Database(file, { create: true }),
      catch: (error) => failWith(EmbeddedPostgresReason.Unwritable({ path: file, detail: String(error) })),
    }),
    (database) => Effect.sync(() => database.close()),
  ).pipe(
    Effect.flatMap((database) =>
      Effect.try({
        try: () => {
          database.run(`PRAGMA user_version = ${process.pid}`)
          database.run("BEGIN IMMEDIATE")
        },
        catch: (error) =>
          failWith(
            isBusy(error)
              ? EmbeddedPostgresReason.InUse({ path: dataDir, pid: holderOf(database) })
              : EmbeddedPostgresReason.Unwritable({ path: file, detail: String(error) }),
          ),
      }),
    ),
  )

const holderOf = (database: Database): number => {
  const row = database.query("PRAGMA user_version").get()
  return Schema.is(Holder)(row) ? row.user_version : 0
}
