import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Layer, Schema } from "effect"
import { ConversationId, ConversationNotFound } from "../../domain/conversation/Conversation.ts"
import { InstantFromDate } from "../../domain/Instant.ts"
import { Recording, RecordingId } from "../../domain/recording/Recording.ts"
import { RecordingRepository } from "../../domain/recording/RecordingRepository.ts"
import { refersTo, storage } from "./Storage.ts"

// 64-bit integers reach us as text: not every one of them is a number of JavaScript's.
const Count = Schema.Union(Schema.NumberFromString, Schema.Number).pipe(Schema.nonNegative(), Schema.int())

const RecordingRow = Schema.Struct({
  id: RecordingId,
  conversationId: ConversationId,
  key: Schema.String,
  contentType: Schema.String,
  size: Count,
  startedAt: InstantFromDate,
  durationMs: Count,
})
type RecordingRow = typeof RecordingRow.Type

const toRow = ({ durationMillis, sizeBytes, ...same }: Recording): RecordingRow => ({
  ...same,
  size: sizeBytes,
  durationMs: durationMillis,
})

const fromRow = ({ durationMs, size, ...same }: RecordingRow): Recording =>
  new Recording({ ...same, sizeBytes: size, durationMillis: durationMs })

const recordingsMax = 1_000

export const layer = Layer.effect(
  RecordingRepository,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const insert = SqlSchema.void({
      Request: RecordingRow,
      execute: (row) => sql`INSERT INTO recordings ${sql.insert(row)} ON CONFLICT (id) DO NOTHING`,
    })
    const list = SqlSchema.findAll({
      Request: ConversationId,
      Result: RecordingRow,
      execute: (conversationId) => sql`
        SELECT * FROM recordings WHERE conversation_id = ${conversationId}
        ORDER BY started_at, id LIMIT ${recordingsMax}`,
    })

    return RecordingRepository.of({
      insert: Effect.fn("RecordingRepository.insert")(function* (recording) {
        const stored = yield* insert(toRow(recording)).pipe(
          refersTo("recordings_conversation_id_fkey"),
          storage("RecordingRepository.insert"),
        )
        if (!stored) return yield* new ConversationNotFound({ conversationId: recording.conversationId })
      }),
      list: Effect.fn("RecordingRepository.list")(function* (conversationId) {
        const rows = yield* list(conversationId).pipe(storage("RecordingRepository.list"))
        return rows.map(fromRow)
      }),
    })
  }),
)
