import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Layer, Schema, Struct } from "effect"
import { Turn, TurnTimings } from "../../domain/analytics/Turn.ts"
import { TurnRepository } from "../../domain/analytics/TurnRepository.ts"
import { ConversationId, ConversationNotFound } from "../../domain/conversation/Conversation.ts"
import { InstantFromDate } from "../../domain/Instant.ts"
import { storableText } from "./Storable.ts"
import { refersTo, storage } from "./Storage.ts"

const { timings: _, ...flatFields } = Turn.fields
const stages = TurnTimings.fields
// 64-bit integers reach us as text: not every one of them is a number of JavaScript's.
const Count = Schema.Union(Schema.NumberFromString, Schema.Number).pipe(Schema.nonNegative(), Schema.int())

const TurnRow = Schema.Struct({
  ...flatFields,
  index: Count,
  startedAt: InstantFromDate,
  deadAir: Count,
  recoveries: Count,
  inputTokens: Count,
  outputTokens: Count,
  finalTranscriptMs: stages.finalTranscript,
  endpointMs: stages.endpoint,
  firstTokenMs: stages.firstToken,
  firstSentenceMs: stages.firstSentence,
  firstAudioMs: stages.firstAudio,
  playoutMs: stages.playout,
})
type TurnRow = typeof TurnRow.Type

const toRow = ({ timings, ...turn }: Turn): TurnRow => ({
  ...turn,
  finalTranscriptMs: timings.finalTranscript,
  endpointMs: timings.endpoint,
  firstTokenMs: timings.firstToken,
  firstSentenceMs: timings.firstSentence,
  firstAudioMs: timings.firstAudio,
  playoutMs: timings.playout,
})

const fromRow = (row: TurnRow): Turn =>
  new Turn({
    ...Struct.pick(
      row,
      "id",
      "conversationId",
      "answerId",
      "index",
      "startedAt",
      "source",
      "outcome",
      "speculative",
      "deadAir",
    ),
    ...Struct.pick(row, "recoveries", "speechToText", "languageModel", "textToSpeech", "inputTokens", "outputTokens"),
    timings: {
      finalTranscript: row.finalTranscriptMs,
      endpoint: row.endpointMs,
      firstToken: row.firstTokenMs,
      firstSentence: row.firstSentenceMs,
      firstAudio: row.firstAudioMs,
      playout: row.playoutMs,
    },
  })

const turnsMax = 1_000

export const layer = Layer.effect(
  TurnRepository,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const insert = SqlSchema.void({
      Request: TurnRow,
      execute: (row) => sql`
        INSERT INTO turns ${sql.insert({
          ...row,
          speechToText: storableText(row.speechToText),
          languageModel: storableText(row.languageModel),
          textToSpeech: storableText(row.textToSpeech),
        })}
        ON CONFLICT (id) DO NOTHING`,
    })
    const list = SqlSchema.findAll({
      Request: ConversationId,
      Result: TurnRow,
      execute: (conversationId) => sql`
        SELECT * FROM turns WHERE conversation_id = ${conversationId}
        ORDER BY index, started_at LIMIT ${turnsMax}`,
    })

    return TurnRepository.of({
      insert: Effect.fn("TurnRepository.insert")(function* (turn) {
        const stored = yield* insert(toRow(turn)).pipe(
          refersTo("turns_conversation_id_fkey"),
          storage("TurnRepository.insert"),
        )
        if (!stored) return yield* new ConversationNotFound({ conversationId: turn.conversationId })
      }),
      list: Effect.fn("TurnRepository.list")(function* (conversationId) {
        const rows = yield* list(conversationId).pipe(storage("TurnRepository.list"))
        return rows.map(fromRow)
      }),
    })
  }),
)
