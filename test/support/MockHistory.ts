import { Clock, DateTime, Effect, Schema } from "effect"
import { ConversationDetail, ConversationPage } from "../../src/http/api/ConversationsApi.ts"
import { RecordingList } from "../../src/http/api/RecordingsApi.ts"

/** A moment so and so many minutes ago, as the API writes it. */
export const ago = (minutes: number): string =>
  DateTime.formatIso(DateTime.unsafeMake(Effect.runSync(Clock.currentTimeMillis) - minutes * 60_000))

export const mockId = (n: number): string => `0b5c6f1e-3a0d-4f7b-9d52-${n.toString(16).padStart(12, "0")}`

const titles = [
  "What is the weather like on the coast this weekend?",
  "Set a timer for the pasta",
  "How many days are left until the end of the year, and how many of them are working days?",
  "Convert 72 Fahrenheit",
  "Tell me what I asked you yesterday",
  "Good morning",
]
const startedMinutesAgo = (n: number): number => 9 + n * n * 37

const summaryOf = (n: number) => ({
  id: mockId(n),
  startedAt: ago(startedMinutesAgo(n)),
  endedAt: ago(startedMinutesAgo(n) - 4),
  title: titles[n % titles.length] ?? "",
  messageCount: 6 + n,
})

export const mockTurn = (
  conversationId: string,
  index: number,
  outcome: string,
  startedAt: string,
  answerId: string,
  source = "speech",
) => ({
  id: mockId(0x5000 + index),
  conversationId,
  answerId,
  index,
  startedAt,
  source,
  outcome,
  timings: {
    finalTranscript: 180,
    endpoint: 260,
    firstToken: 395,
    firstSentence: 520,
    firstAudio: 575,
    playout: 598 + index * 240,
  },
  speculative: index === 1,
  deadAir: 0,
  recoveries: 0,
  speechToText: "moonshine-tiny",
  languageModel: "rules",
  textToSpeech: "flite slt",
  inputTokens: 212,
  outputTokens: 48,
})

const message = (n: number, conversationId: string, role: string, content: string, minutes: number, metadata = {}) => ({
  id: mockId(0x1000 + n),
  conversationId,
  role,
  content,
  timestamp: ago(minutes),
  metadata,
})

const detailOf = (n: number) => {
  const id = mockId(n)
  const start = startedMinutesAgo(n)
  return {
    conversation: {
      id,
      roomId: mockId(0x9000),
      userId: mockId(0x9001),
      startedAt: ago(start),
      endedAt: ago(start - 4),
      metadata: {},
    },
    messages: [
      message(1, id, "user", titles[n % titles.length] ?? "", start - 0.2, { source: "speech", confidence: 0.94 }),
      message(
        2,
        id,
        "assistant",
        "On Saturday it stays dry with a light wind from the west, around fourteen degrees.",
        start - 0.4,
        {
          unheard: " On Sunday a front brings showers from noon on, so",
          tools: ["weather_forecast"],
        },
      ),
      message(3, id, "user", "Only Saturday, please. Is it warm enough to swim?", start - 0.6, { source: "speech" }),
      message(
        4,
        id,
        "assistant",
        "The water has about eleven degrees. Brave people swim in that; most wait until June.",
        start - 0.8,
      ),
      message(5, id, "user", "thanks, note that for me", start - 1, { source: "text" }),
      message(6, id, "assistant", "Noted: Saturday is dry, the water is cold.", start - 1.2, { tools: ["take_note"] }),
    ],
    turns: [
      mockTurn(id, 0, "interrupted", ago(start - 0.3), mockId(0x1002)),
      mockTurn(id, 1, "answered", ago(start - 0.7), mockId(0x1004)),
      mockTurn(id, 2, "answered", ago(start - 1.1), mockId(0x1006), "text"),
    ],
  }
}

/** Long enough for all that is said. The conversation after it was held by two workers. */
const recordingMillis = 80_000

const recordingOf = (n: number, part: number, fromMillis: number, durationMillis: number) => ({
  id: mockId(0x6000 + 16 * n + part),
  conversationId: mockId(n),
  contentType: "audio/flac",
  sizeBytes: 1_000,
  startedAt: ago(startedMinutesAgo(n) - fromMillis / 60_000),
  durationMillis,
})

const recordingsOf = (n: number) => {
  if (n === 0) return [recordingOf(0, 0, 0, recordingMillis)]
  return n === 1 ? [recordingOf(1, 0, 0, 30_000), recordingOf(1, 1, 40_000, 40_000)] : []
}

const pageSize = 4
const total = 9

// Decoded and thrown away: a mock that drifts from the API's schema fails here instead of in a browser.
const checkedPage = Schema.validateSync(Schema.encodedSchema(ConversationPage))
const checkedRecordings = Schema.validateSync(Schema.encodedSchema(RecordingList))
const checkedDetail = Schema.validateSync(Schema.encodedSchema(ConversationDetail))

/** Nine earlier conversations, four a page, that can be deleted. */
export class MockHistory {
  /** The sound of recordings cannot be had. */
  silent = false
  readonly #deleted = new Set<string>()

  page(cursor: string | null) {
    const from = Number(cursor ?? "0")
    const all = Array.from({ length: total }, (_, n) => summaryOf(n)).filter((item) => !this.#deleted.has(item.id))
    const next = from + pageSize
    return checkedPage({ items: all.slice(from, next), next: next < all.length ? String(next) : null })
  }

  detail(id: string) {
    const n = Array.from({ length: total }, (_, n) => n).find((n) => mockId(n) === id)
    return n === undefined || this.#deleted.has(id) ? undefined : checkedDetail(detailOf(n))
  }

  recordings(id: string) {
    const n = Array.from({ length: total }, (_, n) => n).find((n) => mockId(n) === id)
    return checkedRecordings({ items: n === undefined ? [] : recordingsOf(n) })
  }

  remove(id: string): boolean {
    const there = this.detail(id) !== undefined
    this.#deleted.add(id)
    return there
  }
}
