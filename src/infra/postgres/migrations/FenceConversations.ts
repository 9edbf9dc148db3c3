import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/** A conversation goes from worker to worker; what an earlier one still stores is told by its lower fence. */
export const fenceConversations = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`ALTER TABLE conversations ADD COLUMN fence bigint NOT NULL DEFAULT 0 CHECK (fence >= 0)`,
)
