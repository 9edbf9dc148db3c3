import { SqlSchema } from "@effect/sql"
import type { PgClient } from "@effect/sql-pg"
import { Schema } from "effect"
import { Conversation, ConversationId, ConversationSummary, EndReason } from "../../domain/conversation/Conversation.ts"
import { InstantFromDate } from "../../domain/Instant.ts"
import { UserId } from "../../domain/user/User.ts"
import { storableJson, storableText } from "./Storable.ts"

const times = { startedAt: InstantFromDate, endedAt: Schema.OptionFromNullOr(InstantFromDate) }
const ConversationRow = Schema.Struct({ ...Conversation.fields, ...times })
const SummaryRow = Schema.Struct({ ...ConversationSummary.fields, ...times })
const Found = Schema.Struct({ id: ConversationId })

const ListKey = Schema.Struct({
  userId: UserId,
  after: Schema.OptionFromSelf(Schema.Struct({ startedAt: Schema.DateFromSelf, id: ConversationId })),
  limit: Schema.Int,
})
const OpenRow = Schema.Struct({ ...ConversationRow.fields, room: Schema.String })
const OpenKey = Schema.Struct({
  startedBefore: InstantFromDate,
  after: ListKey.fields.after,
  limit: Schema.Int,
})
const End = Schema.Struct({ id: ConversationId, at: InstantFromDate, reason: EndReason })

const titleLengthMax = 200

/** What is asked of the table `conversations`. */
export const conversationStatements = (sql: PgClient.PgClient) => ({
  insert: SqlSchema.void({
    Request: ConversationRow,
    execute: (row) => sql`
      INSERT INTO conversations ${sql.insert({ ...row, metadata: sql.json(storableJson(row.metadata)) })}
      ON CONFLICT (id) DO NOTHING`,
  }),

  findById: SqlSchema.findOne({
    Request: ConversationId,
    Result: ConversationRow,
    execute: (id) =>
      sql`SELECT id, room_id, user_id, started_at, ended_at, metadata FROM conversations WHERE id = ${id}`,
  }),

  findOpenByLiveKitRoom: SqlSchema.findOne({
    Request: Schema.String,
    Result: ConversationRow,
    execute: (livekitRoomId) => sql`
      SELECT c.id, c.room_id, c.user_id, c.started_at, c.ended_at, c.metadata
      FROM conversations c JOIN rooms r ON r.id = c.room_id
      WHERE r.livekit_room_id = ${storableText(livekitRoomId)} AND c.ended_at IS NULL
      ORDER BY c.started_at DESC, c.id DESC
      LIMIT 1`,
  }),

  list: SqlSchema.findAll({
    Request: ListKey,
    Result: SummaryRow,
    execute: ({ after, limit, userId }) => sql`
      SELECT c.id, c.started_at, c.ended_at, coalesce(first.title, '') AS title,
        (SELECT count(*)::integer FROM messages m WHERE m.conversation_id = c.id) AS message_count
      FROM conversations c
      LEFT JOIN LATERAL (
        SELECT left(m.content, ${titleLengthMax}::integer) AS title FROM messages m
        WHERE m.conversation_id = c.id AND m.role = 'user'
        ORDER BY m.timestamp, m.seq LIMIT 1
      ) first ON true
      WHERE c.user_id = ${userId}
        ${after._tag === "Some" ? sql`AND (c.started_at, c.id) < (${after.value.startedAt}, ${after.value.id})` : sql``}
      ORDER BY c.started_at DESC, c.id DESC
      LIMIT ${limit}`,
  }),

  listOpen: SqlSchema.findAll({
    Request: OpenKey,
    Result: OpenRow,
    execute: ({ after, limit, startedBefore }) => sql`
      SELECT c.id, c.room_id, c.user_id, c.started_at, c.ended_at, c.metadata, r.livekit_room_id AS room
      FROM conversations c JOIN rooms r ON r.id = c.room_id
      WHERE c.ended_at IS NULL AND c.metadata ->> 'media' = 'livekit' AND c.started_at < ${startedBefore}
        ${after._tag === "Some" ? sql`AND (c.started_at, c.id) > (${after.value.startedAt}, ${after.value.id})` : sql``}
      ORDER BY c.started_at, c.id
      LIMIT ${limit}`,
  }),

  end: SqlSchema.findOne({
    Request: End,
    Result: Found,
    execute: ({ at, id, reason }) => sql`
      UPDATE conversations SET
        ended_at = coalesce(ended_at, ${at}),
        end_reason = CASE WHEN ended_at IS NULL THEN ${reason} ELSE end_reason END
      WHERE id = ${id} RETURNING id`,
  }),

  takeOver: SqlSchema.findOne({
    Request: Schema.Struct({ id: ConversationId, fence: Schema.Int }),
    Result: Found,
    execute: ({ fence, id }) =>
      sql`UPDATE conversations SET fence = greatest(fence, ${fence}) WHERE id = ${id} RETURNING id`,
  }),

  endLeftOpen: sql<{ readonly id: string }>`
    WITH ended AS (
      UPDATE conversations c SET
        ended_at = greatest(
          c.started_at,
          (SELECT max(m.timestamp) FROM messages m WHERE m.conversation_id = c.id)
        ),
        end_reason = 'error'
      WHERE c.ended_at IS NULL RETURNING c.id, c.room_id
    ), closed AS (
      UPDATE rooms SET status = 'closed' WHERE id IN (SELECT room_id FROM ended)
    )
    SELECT id FROM ended`,

  remove: SqlSchema.findOne({
    Request: ConversationId,
    Result: Found,
    execute: (id) => sql`DELETE FROM conversations WHERE id = ${id} RETURNING id`,
  }),
})
