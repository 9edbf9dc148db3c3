import { assert, describe, it } from "@effect/vitest"
import * as EventLog from "../../../src/agent/transport/EventLog.ts"
import { MessageId } from "../../../src/domain/conversation/Message.ts"
import {
  type ConversationEvent,
  MessageStored,
  StateChanged,
  UserTranscript,
} from "../../../src/domain/media/ConversationEvent.ts"

const id = (number: number) => MessageId.make(`00000000-0000-4000-8000-${String(number).padStart(12, "0")}`)

const said = (number: number, final: boolean) =>
  UserTranscript.make({ messageId: id(number), text: `${number}`, final, source: "speech" })

const texts = (events: ReadonlyArray<ConversationEvent>) =>
  events.flatMap((event) => (event._tag === "UserTranscript" ? [event.text] : []))

describe("EventLog", () => {
  it("never holds more than its bound", () => {
    const log = EventLog.make(10)
    for (let number = 0; number < 1_000; number++) log.add(said(number, number % 3 === 0))
    assert.strictEqual(log.untaken().length, 10)
  })

  it("lets unfinished text go before finished, and the oldest before newer", () => {
    const log = EventLog.make(4)
    log.add(said(1, true))
    log.add(said(2, false))
    log.add(said(3, true))
    log.add(said(4, false))
    log.add(said(5, true))
    assert.deepStrictEqual(texts(log.untaken()), ["1", "3", "4", "5"])
    log.add(said(6, true))
    log.add(said(7, true))
    assert.deepStrictEqual(texts(log.untaken()), ["3", "5", "6", "7"])
  })

  it("keeps the state, and that messages are stored, while text comes and goes", () => {
    const log = EventLog.make(3)
    log.add(StateChanged.make({ state: "listening" }))
    log.add(MessageStored.make({ messageId: id(1) }))
    for (let number = 2; number < 50; number++) log.add(said(number, false))
    assert.deepStrictEqual(
      log.untaken().map((event) => event._tag),
      ["StateChanged", "MessageStored", "UserTranscript"],
    )
  })

  it("tells each thing once, until it changes or all is asked for again", () => {
    const log = EventLog.make(10)
    log.add(said(1, false))
    log.add(said(2, false))
    log.taken()
    assert.deepStrictEqual(log.untaken(), [])
    log.add(said(1, true))
    assert.deepStrictEqual(log.untaken(), [said(1, true)])
    log.again()
    assert.deepStrictEqual(log.untaken(), [said(1, true), said(2, false)])
  })
})
