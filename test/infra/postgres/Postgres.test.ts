import { assert, it, layer } from "@effect/vitest"
import { SqlClient } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { ConfigProvider, Effect, Fiber, Layer, Redacted, Schedule } from "effect"
import { EmbeddedPostgres } from "../../../src/infra/postgres/EmbeddedPostgres.ts"
import * as Postgres from "../../../src/infra/postgres/Postgres.ts"
import * as Database from "../../support/Database.ts"

/** Statements that a client has running on the server, this one aside. */
const running = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ readonly count: number }>`
      SELECT count(*)::integer AS count FROM pg_stat_activity
      WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
    (rows) => rows[0]?.count,
  ),
)
const until = (count: number) =>
  running.pipe(
    Effect.repeat({ schedule: Schedule.spaced("5 millis"), until: (now) => now === count }),
    Effect.timeout("3 seconds"),
  )

layer(Database.server, { excludeTestServices: true })("Postgres", (it) => {
  const fresh = Database.layerFresh({ poolMax: 2 })

  it.effect("keys inside jsonb stay as they are, column names do not", () =>
    Effect.gen(function* () {
      const sql = yield* PgClient.PgClient
      yield* sql`CREATE TABLE things (some_name jsonb NOT NULL)`
      const someName = { camelCase: 1, snake_case: { innerKey: 2, inner_key: 3 } }
      yield* sql`INSERT INTO things ${sql.insert({ someName: sql.json(someName) })}`
      assert.deepStrictEqual(yield* sql`SELECT * FROM things`, [{ someName }])
    }).pipe(Effect.provide(fresh)),
  )

  it.effect("a statement that its fiber gives up ends on the server and frees its connection", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const fiber = yield* Effect.fork(sql`SELECT pg_sleep(60)`)
      yield* until(1)
      yield* Fiber.interrupt(fiber).pipe(Effect.timeout("2 seconds"))
      yield* until(0)
      // Both connections of the pool are there again, at once.
      const both = Effect.all([sql`SELECT pg_sleep(0.01)`, sql`SELECT pg_sleep(0.01)`], { concurrency: 2 })
      yield* both.pipe(Effect.timeout("2 seconds"))
    }).pipe(Effect.provide(fresh)),
  )

  it.effect("the server is told how long a statement and a lock may take; a URL that says so itself is heard", () =>
    Effect.gen(function* () {
      const { url } = yield* EmbeddedPostgres
      const ask = Effect.flatMap(
        SqlClient.SqlClient,
        (sql) => sql`SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`,
      )
      const own = Redacted.make(`${Redacted.value(url)}?statement_timeout=1234`)
      assert.deepStrictEqual(yield* Effect.provide(ask, Postgres.layer({ url, poolMax: 2 })), [
        { statement: "10s", lock: "5s" },
      ])
      assert.deepStrictEqual(yield* Effect.provide(ask, Postgres.layer({ url: own, poolMax: 2 })), [
        { statement: "1234ms", lock: "5s" },
      ])
    }),
  )

  it.effect("is configured by DATABASE_URL and DATABASE_POOL_MAX", () =>
    Effect.gen(function* () {
      const { url } = yield* EmbeddedPostgres
      const settings = new Map([
        ["DATABASE_URL", Redacted.value(url)],
        ["DATABASE_POOL_MAX", "3"],
      ])
      const client = Postgres.layerConfig.pipe(Layer.provide(Layer.setConfigProvider(ConfigProvider.fromMap(settings))))
      const { config } = yield* Effect.provide(PgClient.PgClient, client)
      assert.strictEqual(config.maxConnections, 3)
    }),
  )
})

it.effect("a missing DATABASE_URL is named", () =>
  Effect.gen(function* () {
    const empty = Layer.setConfigProvider(ConfigProvider.fromMap(new Map()))
    const error = yield* Effect.flip(Layer.build(Postgres.layerConfig.pipe(Layer.provide(empty))))
    assert.include(String(error), "DATABASE_URL")
  }).pipe(Effect.scoped),
)
