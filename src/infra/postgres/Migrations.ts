import { Migrator, SqlClient } from "@effect/sql"
import { PgMigrator } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { createConversations } from "./migrations/CreateConversations.ts"
import { createRecordings } from "./migrations/CreateRecordings.ts"
import { fenceConversations } from "./migrations/FenceConversations.ts"
import { indexOpenConversations } from "./migrations/IndexOpenConversations.ts"

/** Forward only: what has been released is never changed, a new entry changes what it did. */
const loader = PgMigrator.fromRecord({
  "0001_create_conversations": createConversations,
  "0002_fence_conversations": fenceConversations,
  "0003_create_recordings": createRecordings,
  "0004_index_open_conversations": indexOpenConversations,
})

/** Any number that no other user of the database's advisory locks takes. */
const advisoryLock = 7_268_539
const table = "schema_migrations"

const migrate = Migrator.make({})({ loader, table })

/**
 * Brings the schema up to date, all or nothing. Any number of processes may do it at once: one works, the others wait for it
 * and find nothing left to do. Answers what was done.
 */
export const run = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  return yield* sql.withTransaction(
    Effect.gen(function* () {
      // Building an index may take longer than a request may.
      yield* sql`SET LOCAL statement_timeout = '10min'`
      yield* sql`SET LOCAL lock_timeout = '10min'`
      yield* sql`SELECT pg_advisory_xact_lock(${advisoryLock})`
      // The migrator asks for its table by a statement that fails without it, which would end this transaction.
      yield* sql`
        CREATE TABLE IF NOT EXISTS ${sql(table)} (
          migration_id integer PRIMARY KEY,
          created_at timestamptz NOT NULL DEFAULT now(),
          name text NOT NULL
        )`
      return yield* migrate
    }),
  )
}).pipe(Effect.withSpan("Migrations.run"))

export const layer = Layer.effectDiscard(run)
