import { describe, expect, it } from "@effect/vitest"
import { DateTime, Option, Schema } from "effect"
import { ConversationDetail } from "../../src/http/api/ConversationsApi.ts"
import { entriesOf } from "../../src/client/conversation/entriesOf.ts"
import { latencyOf, secondsText } from "../../src/client/conversation/Latency.ts"
import { dayText, lengthText } from "../../src/client/parts/TimeText.ts"
import { pathOf, routeOf } from "../../src/client/Route.ts"
import { TurnTimings } from "../../src/domain/analytics/Turn.ts"
import { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { MockHistory, mockId, mockTurn } from "../support/MockHistory.ts"

const detail = Schema.decodeUnknownSync(ConversationDetail)(new MockHistory().detail(mockId(0)))

describe("entriesOf", () => {
  it("tells a stored conversation as it was: tools before their answer, the unheard part, each answer with its turn", () => {
    const entries = entriesOf(detail.messages, detail.turns)
    expect(entries.map((entry) => entry._tag)).toEqual([
      "Person",
      "Tool",
      "Assistant",
      "Person",
      "Assistant",
      "Person",
      "Tool",
      "Assistant",
    ])
    expect(entries[2]).toMatchObject({ interrupted: true, rest: " On Sunday a front brings showers from noon on, so" })
    expect(entries[4]).toMatchObject({ interrupted: false, rest: "" })
    expect(entries.flatMap((entry) => ("turn" in entry && entry.turn !== undefined ? [entry.turn.index] : []))).toEqual(
      [0, 1, 2],
    )
    expect(entries[5]).toMatchObject({ source: "text" })
  })
})

describe("entriesOf, of what a server really stores", () => {
  const at = (second: number) => `2026-11-25T01:26:${String(second).padStart(2, "0")}.000Z`
  const said = (n: number, role: string, content: string, second: number, metadata = {}) => ({
    id: mockId(n),
    conversationId: mockId(0),
    role,
    content,
    timestamp: at(second),
    metadata,
  })
  // A greeting that nobody heard is a turn without a message; a cut answer is stamped when the next turn has begun.
  const stored = Schema.decodeUnknownSync(ConversationDetail)({
    conversation: { ...new MockHistory().detail(mockId(0))?.conversation },
    messages: [
      said(1, "user", "He was not an ill-disposed young man.", 5, { source: "speech" }),
      said(2, "assistant", "I have no rule for that.", 11, { unheard: "Try a joke." }),
      said(3, "user", "What is 17 times 23?", 10, { source: "text" }),
      said(4, "assistant", "17 times 23 is 391.", 13),
    ],
    turns: [
      mockTurn(mockId(0), 0, "interrupted", at(1), mockId(9), "assistant"),
      mockTurn(mockId(0), 1, "interrupted", at(5), mockId(2)),
      mockTurn(mockId(0), 2, "answered", at(10), mockId(4), "text"),
    ],
  })

  it("gives a cut answer its own turn, not that of the question which cut it", () => {
    const turns = entriesOf(stored.messages, stored.turns).map((entry) =>
      "turn" in entry ? entry.turn?.index : undefined,
    )
    expect(turns).toEqual([undefined, 1, undefined, 2])
  })

  it("gives no turn rather than a wrong one", () => {
    const entries = entriesOf(stored.messages, stored.turns.slice(2))
    expect(entries.map((entry) => ("turn" in entry ? entry.turn?.index : undefined))).toEqual([
      undefined,
      undefined,
      undefined,
      2,
    ])
  })
})

describe("latencyOf", () => {
  const timings = (some: Partial<Record<keyof TurnTimings, number>>) =>
    Schema.decodeUnknownSync(TurnTimings)({
      finalTranscript: null,
      endpoint: null,
      firstToken: null,
      firstSentence: null,
      firstAudio: null,
      playout: null,
      ...some,
    })

  it("orders the stages as they were reached: a speculative start is before the endpoint", () => {
    const latency = latencyOf(
      timings({ finalTranscript: 180, firstToken: 240, endpoint: 300, firstAudio: 420, playout: 450 }),
    )
    expect(latency.stages.map((stage) => [stage.key, stage.from, stage.to])).toEqual([
      ["finalTranscript", 0, 180],
      ["firstToken", 180, 240],
      ["endpoint", 240, 300],
      ["firstAudio", 300, 420],
      ["playout", 420, 450],
    ])
    expect(latency.firstSound).toEqual(Option.some(450))
  })

  it("is honest about a turn without a sound", () => {
    expect(latencyOf(timings({ endpoint: 300 })).firstSound).toEqual(Option.none())
    expect(latencyOf(timings({})).stages).toEqual([])
  })

  it("writes seconds", () => expect(secondsText(622)).toBe("0.62 s"))
})

describe("Route", () => {
  it("reads and writes every path of the app", () => {
    const id = ConversationId.make(mockId(4))
    for (const route of [
      { _tag: "Talk" },
      { _tag: "Conversations", id: undefined },
      { _tag: "Conversations", id },
    ] as const) {
      expect(routeOf(pathOf(route))).toEqual(route)
    }
    expect(routeOf("/conversations")).toEqual({ _tag: "Conversations", id: undefined })
    for (const path of ["/nothing", "/conversations/x", `/conversations/${id}/more`]) {
      expect(routeOf(path)).toEqual({ _tag: "Unknown" })
    }
  })
})

describe("TimeText", () => {
  it("says days as people do", () => {
    const now = DateTime.unsafeMake("2026-11-25T12:00:00Z").epochMillis
    const day = (iso: string) => dayText(DateTime.unsafeMake(iso), now)
    expect(day("2026-11-25T11:00:00Z")).toBe("Today")
    expect(day("2026-11-24T12:00:00Z")).toBe("Yesterday")
    expect(day("2026-11-03T12:00:00Z")).toContain("November")
    expect(day("2025-11-03T12:00:00Z")).toContain("2025")
  })

  it("says lengths in the largest useful unit", () => {
    expect([400, 42_000, 240_000, 3_900_000].map(lengthText)).toEqual(["1 s", "42 s", "4 min", "1 h 5 min"])
  })
})
