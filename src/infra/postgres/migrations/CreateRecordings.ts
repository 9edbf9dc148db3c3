import { SqlClient } from "@effect/sql"
import { Effect } from "effect"

/** What was recorded of conversations; the sound itself is in the object store. A row goes with its conversation. */
export const createRecordings = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql`
    CREATE TABLE recordings (
      id uuid PRIMARY KEY,
      conversation_id uuid NOT NULL,
      key text NOT NULL UNIQUE CHECK (char_length(key) BETWEEN 1 AND 512),
      content_type text NOT NULL,
      size bigint NOT NULL CHECK (size >= 0),
      started_at timestamptz NOT NULL,
      duration_ms bigint NOT NULL CHECK (duration_ms >= 0),
      CONSTRAINT recordings_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversations ON DELETE CASCADE
    );
    CREATE INDEX recordings_conversation_id_idx ON recordings (conversation_id, started_at, id);
  `,
)
