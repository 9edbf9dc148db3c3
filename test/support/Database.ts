import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { SqlClient } from "@effect/sql"
import { Effect, Layer, Redacted } from "effect"
import * as EmbeddedPostgres from "../../src/infra/postgres/EmbeddedPostgres.ts"
import * as Postgres from "../../src/infra/postgres/Postgres.ts"

/** A directory of our own that also the user can reach who runs the server when the tests run as root. */
export const temporaryDirectory = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "parley-test-" }).pipe(Effect.tap((directory) => fs.chmod(directory, 0o755))),
)

/** A real server on an empty data directory, gone with the scope. Layers that are built together share it. */
export const server = Layer.unwrapScoped(
  Effect.map(temporaryDirectory, (dataDir) => EmbeddedPostgres.layer({ dataDir, progress: () => Effect.void })),
).pipe(Layer.provide(BunContext.layer))

const admin = <A, E>(use: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
  Effect.flatMap(SqlClient.SqlClient, use).pipe(Effect.provide(Postgres.layerOfEmbedded({ poolMax: 2 })))

/** The URL of a new, empty database, dropped with the scope. */
const freshUrl = Effect.gen(function* () {
  const { url } = yield* EmbeddedPostgres.EmbeddedPostgres
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`
  yield* Effect.acquireRelease(
    admin((sql) => sql`CREATE DATABASE ${sql(name)}`),
    () => Effect.orDie(admin((sql) => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`)),
  )
  const fresh = new URL(Redacted.value(url))
  fresh.pathname = name
  return Redacted.make(fresh.href)
})

/** A client of a new, empty database on the server that it finds in its context. */
export const layerFresh = (options: { readonly poolMax: number }) =>
  Layer.unwrapScoped(Effect.map(freshUrl, (url) => Postgres.layer({ url, poolMax: options.poolMax })))

/**
 * A client of a new, empty database on a server of its own. Give it to `layer(..., { excludeTestServices: true })`: the driver's
 * timeouts are real, and a retry would sleep on the test's clock for ever.
 */
export const layer = layerFresh({ poolMax: 5 }).pipe(Layer.provide(server))
