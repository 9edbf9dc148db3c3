import { SqlSchema } from "@effect/sql"
import type { PgClient } from "@effect/sql-pg"
import { Schema } from "effect"
import { ConversationId } from "../../domain/conversation/Conversation.ts"
import { Message } from "../../domain/conversation/Message.ts"
import { InstantFromDate } from "../../domain/Instant.ts"
import { storableJson, storableText } from "./Storable.ts"

const MessageRow = Schema.Struct({ ...Message.fields, timestamp: InstantFromDate })

/** What is asked of the table `messages`. */
export const messageStatements = (sql: PgClient.PgClient) => ({
  insert: SqlSchema.void({
    Request: MessageRow,
    execute: (row) => sql`
      INSERT INTO messages ${sql.insert({
        ...row,
        content: storableText(row.content),
        metadata: sql.json(storableJson(row.metadata)),
      })}
      ON CONFLICT (id) DO NOTHING`,
  }),

  /** Newest first. */
  newest: SqlSchema.findAll({
    Request: Schema.Struct({ conversationId: ConversationId, limit: Schema.Int }),
    Result: MessageRow,
    execute: ({ conversationId, limit }) => sql`
      SELECT id, conversation_id, role, content, timestamp, metadata FROM messages
      WHERE conversation_id = ${conversationId}
      ORDER BY timestamp DESC, seq DESC LIMIT ${limit}`,
  }),
})
