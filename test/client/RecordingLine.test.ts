import { describe, expect, it } from "@effect/vitest"
import { DateTime, Schema } from "effect"
import { entriesOf } from "../../src/client/conversation/entriesOf.ts"
import * as RecordingLine from "../../src/client/history/recording/RecordingLine.ts"
import { spokenAt } from "../../src/client/history/recording/spokenAt.ts"
import { clockText, clockWords } from "../../src/client/parts/TimeText.ts"
import { ConversationDetail } from "../../src/http/api/ConversationsApi.ts"
import { RecordingItem } from "../../src/http/api/RecordingsApi.ts"
import { MockHistory, mockId, mockTurn } from "../support/MockHistory.ts"

const start = 1_800_000_000_000
const at = (seconds: number) => DateTime.formatIso(DateTime.unsafeMake(start + seconds * 1_000))

const part = (fromSeconds: number, seconds: number) =>
  Schema.decodeUnknownSync(RecordingItem)({
    id: mockId(fromSeconds),
    conversationId: mockId(0),
    contentType: "audio/flac",
    sizeBytes: 1_000,
    startedAt: at(fromSeconds),
    durationMillis: seconds * 1_000,
  })

describe("RecordingLine", () => {
  const line = RecordingLine.make([part(0, 30), part(40, 20)])

  it("puts recordings after each other", () => {
    expect(line.seconds).toBe(50)
    expect(line.placeOf(10)).toEqual({ part: 0, seconds: 10 })
    expect(line.placeOf(30)).toEqual({ part: 1, seconds: 0 })
    expect(line.placeOf(45)).toEqual({ part: 1, seconds: 15 })
    expect(line.placeOf(-3)).toEqual({ part: 0, seconds: 0 })
    expect(line.placeOf(99)).toEqual({ part: 1, seconds: 20 })
    for (const position of [0, 12.5, 30, 49]) expect(line.positionOf(line.placeOf(position))).toBe(position)
  })

  it("knows where a moment lies, and what was not recorded", () => {
    const positionAt = (seconds: number) => line.positionAt(start + seconds * 1_000)
    expect([0, 29, 40, 59].map(positionAt)).toEqual([0, 29, 30, 49])
    expect([-2, 32, 62].map(positionAt)).toEqual([0, 30, 50])
    expect([-20, 36, 90].map(positionAt)).toEqual([undefined, undefined, undefined])
    expect(RecordingLine.make([]).positionAt(start)).toBeUndefined()
  })
})

describe("spokenAt", () => {
  const said = (n: number, role: string, content: string, second: number, metadata = {}) => ({
    id: mockId(n),
    conversationId: mockId(0),
    role,
    content,
    timestamp: at(second),
    metadata,
  })
  const timesOf = (messages: ReadonlyArray<unknown>, turns: ReadonlyArray<unknown>) => {
    const detail = Schema.decodeUnknownSync(ConversationDetail)({
      conversation: { ...new MockHistory().detail(mockId(0))?.conversation },
      messages,
      turns,
    })
    return [...spokenAt(entriesOf(detail.messages, detail.turns)).values()].map((millis) => (millis - start) / 1_000)
  }

  it("begins an answer when its voice did, and a question so long before its last sound as it takes to say", () => {
    const turn = { ...mockTurn(mockId(0), 0, "answered", at(10), mockId(2)) }
    const [question = 0, answer = 0] = timesOf(
      [
        said(1, "user", "What is seventeen times twelve?", 10.8, { source: "speech" }),
        said(2, "assistant", "It is 204.", 13),
      ],
      [turn],
    )
    expect(question).toBeGreaterThan(7)
    expect(question).toBeLessThan(9)
    expect(answer).toBeCloseTo(10 + turn.timings.playout / 1_000)
  })

  it("puts what was typed where it came, and keeps lines in their order", () => {
    const times = timesOf(
      [
        said(1, "assistant", "A greeting that takes rather long to be said, as greetings do.", 6),
        said(2, "user", "typed", 7, { source: "text" }),
        said(3, "user", "A long question, that was begun while something was still being typed.", 8, {
          source: "speech",
        }),
      ],
      [],
    )
    expect(times[1]).toBe(7)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })
})

describe("TimeText, of recordings", () => {
  it("tells a position as a clock does, and in words", () => {
    expect([0, 7.9, 65, 3_909].map(clockText)).toEqual(["0:00", "0:07", "1:05", "1:05:09"])
    expect([0, 1, 120, 3_909].map(clockWords)).toEqual([
      "0 seconds",
      "1 second",
      "2 minutes",
      "1 hour 5 minutes 9 seconds",
    ])
  })
})
