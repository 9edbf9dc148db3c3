import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/** Those that go on are few among all, and are looked for every minute. */
export const indexOpenConversations = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`CREATE INDEX conversations_open_idx ON conversations (started_at, id) WHERE ended_at IS NULL`,
)
