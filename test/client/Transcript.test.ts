import { describe, expect, it } from "@effect/vitest"
import { DateTime, Schema } from "effect"
import { ConversationEvent } from "../../src/domain/media/ConversationEvent.ts"
import { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { Message, MessageId } from "../../src/domain/conversation/Message.ts"
import type { Entry } from "../../src/client/conversation/Entry.ts"
import { entriesOf } from "../../src/client/conversation/entriesOf.ts"
import { entriesMax, restored, transcript, typed } from "../../src/client/conversation/Transcript.ts"
import { mockId, mockTurn } from "../support/MockHistory.ts"

const event = Schema.decodeUnknownSync(ConversationEvent)
const id = (n: number) => MessageId.make(mockId(n))
const said = (n: number, text: string, final: boolean) =>
  event({ _tag: "UserTranscript", messageId: id(n), text, final, source: "speech" })
const answer = (n: number, text: string, pending: string, final = false, interrupted = false) =>
  event({ _tag: "AssistantTranscript", messageId: id(n), text, pending, final, interrupted })
const turn = (index: number, answer: number) =>
  event({ _tag: "TurnEnded", turn: mockTurn(mockId(1), index, "answered", "2026-11-03T10:00:00.000Z", mockId(answer)) })

const after = (...events: ReadonlyArray<ConversationEvent>): ReadonlyArray<Entry> =>
  events.reduce<ReadonlyArray<Entry>>((entries, event, at) => transcript(entries, event, at), [])

describe("Transcript", () => {
  it("renews a partial in its place and keeps the time of its beginning", () => {
    const entries = after(said(1, "what is", false), answer(2, "", "Hm"), said(1, "What is it?", true))
    expect(entries).toMatchObject([
      { _tag: "Person", text: "What is it?", final: true, at: 0, stored: "pending" },
      { _tag: "Assistant", rest: "Hm" },
    ])
  })

  it("does not let a late partial undo the final text", () => {
    expect(after(said(1, "What is it?", true), said(1, "what is", false))).toMatchObject([
      { text: "What is it?", final: true },
    ])
  })

  it("keeps the unsaid rest of an interrupted answer, and only of that", () => {
    const [cut] = after(answer(1, "", "One. Two."), answer(1, "One.", "Two.", true, true))
    expect(cut).toMatchObject({ text: "One.", rest: "Two.", interrupted: true, final: true })
    const [whole] = after(answer(1, "One.", "Two."), answer(1, "One. Two.", "Two.", true, false))
    expect(whole).toMatchObject({ text: "One. Two.", rest: "", interrupted: false })
  })

  it("shows a tool once, whether the store or the assistant tells of it first after a return", () => {
    const used = event({ _tag: "ToolUsed", messageId: id(1), name: "clock", status: "done" })
    const inStore = [
      new Message({
        id: id(1),
        conversationId: ConversationId.make(mockId(9)),
        role: "assistant",
        content: "It is ten.",
        timestamp: DateTime.unsafeMake("2026-11-03T10:00:00.000Z"),
        metadata: { tools: ["clock"] },
      }),
    ]
    const fromStore = entriesOf(inStore, [])
    const both = [transcript(fromStore, used, 1), restored(after(used, answer(1, "It is ten.", "", true)), fromStore)]
    for (const entries of both) expect(entries.map(({ _tag }) => _tag)).toEqual(["Tool", "Assistant"])
  })

  it("shows a tool as one line that goes from running to its end, and a second use as a second line", () => {
    const used = (status: string) => event({ _tag: "ToolUsed", messageId: id(1), name: "timer", status })
    const entries = after(used("running"), used("done"), used("running"), used("failed"))
    expect(entries).toMatchObject([
      { _tag: "Tool", status: "done" },
      { _tag: "Tool", status: "failed" },
    ])
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(2)
  })

  it("marks what was stored and what could not be", () => {
    const entries = after(
      said(1, "One", true),
      said(2, "Two", true),
      event({ _tag: "MessageStored", messageId: id(1) }),
      event({ _tag: "MessageNotStored", messageId: id(2) }),
    )
    expect(entries).toMatchObject([{ stored: "stored" }, { stored: "failed" }])
  })

  it("shows typed words at once, and takes the server's echo as the same message", () => {
    const pending = typed([], id(1), "Hello", 5)
    expect(pending).toMatchObject([{ text: "Hello", stored: "pending", at: 5 }])
    const echo = event({ _tag: "UserTranscript", messageId: id(1), text: "Hello", final: true, source: "text" })
    expect(transcript(pending, echo, 9)).toMatchObject([{ text: "Hello", source: "text", at: 5 }])
  })

  it("gives a turn to the answer that ended, though the person has begun to speak again", () => {
    const entries = after(
      said(1, "One?", true),
      answer(2, "Two", "Three"),
      said(3, "no", false),
      answer(2, "Two", "Three", true, true),
      turn(0, 2),
      said(3, "No.", true),
      answer(4, "Well.", "", true),
      turn(1, 4),
    )
    expect(entries.map((entry) => ("turn" in entry ? entry.turn?.index : undefined))).toEqual([
      undefined,
      0,
      undefined,
      1,
    ])
  })

  it("leaves out a turn whose answer it never saw", () => {
    const entries = after(said(1, "One?", true), answer(2, "Two.", "", true), turn(0, 9))
    expect(entries.every((entry) => !("turn" in entry) || entry.turn === undefined)).toBe(true)
  })

  it("drops the oldest lines of a page that talks all day", () => {
    const many = Array.from({ length: entriesMax + 20 }, (_, n) => said(n, `${n}`, true))
    const entries = after(...many)
    expect(entries).toHaveLength(entriesMax)
    expect(entries.at(-1)).toMatchObject({ text: `${entriesMax + 19}` })
  })
})
