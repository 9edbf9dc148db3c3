import { assert, layer } from "@effect/vitest"
import { SqlClient } from "@effect/sql"
import { Effect, Layer } from "effect"
import * as Migrations from "../../../src/infra/postgres/Migrations.ts"
import * as Database from "../../support/Database.ts"

layer(Database.server, { excludeTestServices: true })("Migrations", (it) => {
  const fresh = Database.layerFresh({ poolMax: 4 })

  it.effect("run by many at once are done once, and none of them fails", () =>
    Effect.gen(function* () {
      const done = yield* Effect.all([Migrations.run, Migrations.run, Migrations.run, Migrations.run], {
        concurrency: "unbounded",
      })
      assert.lengthOf(
        done.filter((list) => list.length > 0),
        1,
      )
      assert.deepStrictEqual(yield* Migrations.run, [])
    }).pipe(Effect.provide(fresh)),
  )

  it.effect("leave the tables of the product, and nothing else", () =>
    Effect.gen(function* () {
      yield* Migrations.run
      const sql = yield* SqlClient.SqlClient
      const tables = yield* sql<{ readonly tablename: string }>`
        SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`
      assert.deepStrictEqual(
        tables.map((table) => table.tablename),
        ["conversations", "files", "messages", "recordings", "rooms", "schema_migrations", "turns", "users"],
      )
    }).pipe(Effect.provide(fresh)),
  )

  it.effect("that are cut off leave nothing behind", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      // A table in the way makes the first migration fail after it has made others.
      yield* sql`CREATE TABLE turns (id integer)`
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(Migrations.layer)))
      assert.strictEqual(exit._tag, "Failure")
      const tables = yield* sql<{ readonly tablename: string }>`
        SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
      assert.deepStrictEqual(
        tables.map((table) => table.tablename),
        ["turns"],
      )
      yield* sql`DROP TABLE turns`
      assert.isAbove((yield* Migrations.run).length, 0)
    }).pipe(Effect.provide(fresh)),
  )
})
