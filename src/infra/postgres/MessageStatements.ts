import { SqlSchema } from "@effect/sql"
import type { PgClient } from "@effect/sql-pg"
import { Schema } from "effect"
import { ConversationId } from "../../domain/conversation/Conversation.ts"
import { Message } from "../../domain/conversation/Message.ts"
import { InstantFromDate } from "../../domain/Instant.ts"
import { storableJson, storableText } from "./Storable.ts"

const MessageRow = Schema.Struct({ ...Message.fields, timestamp: InstantFromDate })
const FencedMessage = Schema.Struct({ ...MessageRow.fields, fence: Schema.Int })

/** What is asked of the table `messages`. */
export const messageStatements = (sql: PgClient.PgClient) => ({
  /** Answers whether the conversation is there, and whether the fence let the message in. The lock keeps a takeover from passing it. */
  insert: SqlSchema.findOne({
    Request: FencedMessage,
    Result: Schema.Struct({ letIn: Schema.Boolean }),
    execute: ({ conversationId, fence, id, role, timestamp, ...message }) => sql`
      WITH held AS (
        SELECT fence <= ${fence} AS let_in FROM conversations WHERE id = ${conversationId} FOR SHARE
      ), stored AS (
        INSERT INTO messages (id, conversation_id, role, content, timestamp, metadata)
        SELECT ${id}::uuid, ${conversationId}::uuid, ${role}, ${storableText(message.content)}, ${timestamp}::timestamptz,
          ${sql.json(storableJson(message.metadata))}::jsonb
        FROM held WHERE held.let_in
        ON CONFLICT (id) DO NOTHING
      )
      SELECT let_in FROM held`,
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
