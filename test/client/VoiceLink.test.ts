import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Queue } from "effect"
import { MessageId } from "../../src/domain/conversation/Message.ts"
import type { ClientMessage } from "../../src/domain/media/VoiceProtocol.ts"
import { AudioSendQueue, bufferedBytesMax, waitingFramesMax } from "../../src/client/voice/websocket/AudioSendQueue.ts"
import { Link } from "../../src/client/voice/websocket/Link.ts"
import { newMessageId } from "../../src/client/voice/newMessageId.ts"
import { Outbox, unacknowledgedMax } from "../../src/client/voice/Outbox.ts"
import { delayMillis, reconnectPolicy } from "../../src/client/voice/ReconnectPolicy.ts"
import { decodeServerMessage, decodeVoiceFrame } from "../../src/client/voice/websocket/ServerFrame.ts"
import type { VoiceSocket } from "../../src/client/voice/websocket/VoiceSocket.ts"
import { mockId } from "../support/MockHistory.ts"

const id = (n: number) => MessageId.make(mockId(n))

const makeSocket = (): VoiceSocket & { readonly sent: Array<ClientMessage> } => {
  const sent: Array<ClientMessage> = []
  return {
    sent,
    incoming: Effect.runSync(Queue.bounded(1)),
    send: (message) => void sent.push(message),
    sendAudio: () => undefined,
    bufferedAmount: () => 0,
  }
}

describe("AudioSendQueue", () => {
  it("drops the oldest frames behind a slow network and sends the rest, in order, when it is back", () => {
    const queue = new AudioSendQueue()
    const sent: Array<number> = []
    let buffered = bufferedBytesMax
    const sink = { bufferedAmount: () => buffered, send: (frame: ArrayBuffer) => void sent.push(frame.byteLength) }
    for (let n = 1; n <= waitingFramesMax + 10; n++) queue.offer(new ArrayBuffer(n), sink)
    expect(sent).toEqual([])
    expect(queue.dropped).toBe(10)
    buffered = 0
    queue.offer(new ArrayBuffer(1_000), sink)
    expect(sent[0]).toBe(12)
    expect(sent.at(-1)).toBe(1_000)
    expect(sent).toHaveLength(waitingFramesMax)
  })
})

describe("Link", () => {
  it("sends typed text when the connection is back, again until it is acknowledged, and never after", () => {
    const link = new Link(new Outbox())
    link.text(id(1), "One")
    const first = makeSocket()
    link.attach(first)
    link.text(id(2), "Two")
    expect(first.sent).toMatchObject([{ text: "One" }, { text: "Two" }])
    link.settle(id(1))
    link.detach()
    const second = makeSocket()
    link.attach(second)
    expect(second.sent).toMatchObject([{ messageId: id(2), text: "Two" }])
    link.settle(id(2))
    const third = makeSocket()
    link.attach(third)
    expect(third.sent).toEqual([])
  })

  it("does not keep what makes sense only now", () => {
    const link = new Link(new Outbox())
    link.now({ _tag: "Interrupt" })
    const socket = makeSocket()
    link.attach(socket)
    expect(socket.sent).toEqual([])
  })

  it("holds a bounded number of typed messages", () => {
    const link = new Link(new Outbox())
    for (let n = 0; n < unacknowledgedMax; n++) expect(link.text(id(n), "x")).toBe(true)
    expect(link.text(id(99), "x")).toBe(false)
  })
})

describe("ReconnectPolicy", () => {
  it("waits longer each time, up to a bound, never longer for the jitter", () => {
    const waits = [1, 2, 3, 4, 5, 6, 60].map((attempt) => delayMillis(attempt, 0))
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000])
    expect(delayMillis(6, 1)).toBe(reconnectPolicy.longestDelayMillis * (1 - reconnectPolicy.jitterShare))
  })
})

describe("ServerFrame", () => {
  it("reads a voice frame, and refuses what is none", () => {
    const data = Uint8Array.of(7, 1, 0, 0, 0xff, 0x7f, 0x00, 0x80).buffer
    const frame = Option.getOrThrow(decodeVoiceFrame(data))
    expect(frame.generation).toBe(263)
    expect([...frame.pcm]).toEqual([32_767, -32_768])
    expect(decodeVoiceFrame(new ArrayBuffer(3))).toEqual(Option.none())
    expect(decodeVoiceFrame(new ArrayBuffer(7))).toEqual(Option.none())
  })

  it("reads a message and is lenient about what a newer server says", () => {
    expect(Option.getOrThrow(decodeServerMessage(`{"_tag":"Stop","generation":2,"why":"x"}`))).toEqual({
      _tag: "Stop",
      generation: 2,
    })
    expect(decodeServerMessage(`{"_tag":"Weather"}`)).toEqual(Option.none())
    expect(decodeServerMessage("<html>")).toEqual(Option.none())
  })
})

describe("newMessageId", () => {
  it("makes ids that the protocol takes, and no two alike", () => {
    const ids = Array.from({ length: 200 }, newMessageId)
    expect(new Set(ids).size).toBe(200)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
