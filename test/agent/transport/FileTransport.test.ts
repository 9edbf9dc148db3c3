import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Fiber, Option, Stream, TestClock } from "effect"
import * as FileTransport from "../../../src/agent/transport/FileTransport.ts"
import { Turn, TurnId } from "../../../src/domain/analytics/Turn.ts"
import { ConversationId } from "../../../src/domain/conversation/Conversation.ts"
import { MessageId } from "../../../src/domain/conversation/Message.ts"
import type { ConversationEvent } from "../../../src/domain/media/ConversationEvent.ts"
import type { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import type { PcmFrame } from "../../../src/domain/speech/PcmFrame.ts"

const outputSampleRate = 24_000
const conversationId = ConversationId.make("00000000-0000-4000-8000-000000000001")
const messageId = MessageId.make("00000000-0000-4000-8000-000000000002")

const voice = (millis: number, value = 1): PcmFrame => ({
  samples: new Int16Array((millis * outputSampleRate) / 1_000).fill(value),
  sampleRate: outputSampleRate,
})

const person = (recordingMillis: number) =>
  FileTransport.make({
    recording: { samples: new Int16Array(recordingMillis * 16).fill(7), sampleRate: 16_000 },
    identity: "someone",
    name: "Someone",
    outputSampleRate,
    quiet: Duration.seconds(2),
    answerWithin: Duration.seconds(3),
    stayMax: Duration.seconds(9),
  })

const said: ConversationEvent = { _tag: "UserTranscript", messageId, text: "hello", final: true, source: "speech" }
const state = (state: "listening" | "thinking" | "speaking"): ConversationEvent => ({ _tag: "StateChanged", state })
const none = Option.none<number>()
const turnEnded: ConversationEvent = {
  _tag: "TurnEnded",
  turn: Turn.make({
    id: TurnId.make("00000000-0000-4000-8000-000000000003"),
    conversationId,
    answerId: messageId,
    index: 0,
    startedAt: DateTime.unsafeMake("2026-01-01T00:00:00Z"),
    source: "speech",
    outcome: "answered",
    timings: {
      finalTranscript: none,
      endpoint: none,
      firstToken: none,
      firstSentence: none,
      firstAudio: none,
      playout: none,
    },
    speculative: false,
    deadAir: 0,
    recoveries: 0,
    speechToText: "a",
    languageModel: "b",
    textToSpeech: "c",
    inputTokens: 0,
    outputTokens: 0,
  }),
}

const listen = (inputs: Stream.Stream<TransportInput>) =>
  Effect.gen(function* () {
    const taken: Array<TransportInput> = []
    const fiber = yield* Effect.fork(Stream.runForEach(inputs, (input) => Effect.sync(() => taken.push(input))))
    yield* TestClock.adjust(0)
    return { fiber, taken }
  })

const audioMillis = (taken: ReadonlyArray<TransportInput>) =>
  taken.reduce((total, input) => total + (input._tag === "Audio" ? input.frame.samples.length / 16 : 0), 0)

describe("FileTransport, the person", () => {
  it.effect("comes, then speaks in real time", () =>
    Effect.gen(function* () {
      const { transport } = yield* person(1_000)
      const { taken } = yield* listen(transport.inputs)
      assert.deepStrictEqual(taken, [{ _tag: "Connected", identity: "someone", name: "Someone" }])
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(audioMillis(taken), 500)
      yield* TestClock.adjust("700 millis")
      assert.strictEqual(audioMillis(taken), 1_200)
      const samples = taken.flatMap((input) => (input._tag === "Audio" ? [...input.frame.samples] : []))
      assert.isTrue(samples.slice(0, 16_000).every((sample) => sample === 7))
      assert.isTrue(samples.slice(16_000).every((sample) => sample === 0))
    }),
  )

  it.effect("leaves when nobody has answered for as long as they wait", () =>
    Effect.gen(function* () {
      const { transport } = yield* person(1_000)
      const { fiber } = yield* listen(transport.inputs)
      yield* TestClock.adjust("3900 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("200 millis")
      yield* Fiber.join(fiber)
    }),
  )

  it.effect("stays while an answer is due or heard, and leaves after some quiet", () =>
    Effect.gen(function* () {
      const { transport } = yield* person(1_000)
      const { fiber } = yield* listen(transport.inputs)
      yield* TestClock.adjust("1200 millis")
      yield* transport.send(said)
      yield* transport.send(state("thinking"))
      yield* TestClock.adjust("4 seconds")
      assert.isNull(fiber.unsafePoll(), "the assistant is thinking")
      yield* transport.send(state("speaking"))
      yield* Effect.fork(Effect.repeatN(transport.write(voice(100)), 19))
      yield* TestClock.adjust("1900 millis")
      yield* transport.send(turnEnded)
      yield* transport.send(state("listening"))
      yield* TestClock.adjust("1900 millis")
      assert.isNull(fiber.unsafePoll(), "the voice ended less than 2 s ago")
      yield* TestClock.adjust("300 millis")
      yield* Fiber.join(fiber)
    }),
  )

  it.effect("leaves an assistant that never comes to an end", () =>
    Effect.gen(function* () {
      const { transport } = yield* person(1_000)
      const { fiber } = yield* listen(transport.inputs)
      yield* transport.send(state("thinking"))
      yield* TestClock.adjust("10100 millis")
      yield* Fiber.join(fiber)
      const late = yield* Effect.flip(transport.write(voice(100)))
      assert.strictEqual(late._tag, "TransportClosed")
    }),
  )
})

describe("FileTransport, the voice", () => {
  it.effect("is taken in no more than 200 ms ahead, and counted as it is heard", () =>
    Effect.gen(function* () {
      const { transport } = yield* person(1_000)
      const writing = yield* Effect.fork(Effect.repeatN(transport.write(voice(50)), 9))
      yield* TestClock.adjust("100 millis")
      assert.strictEqual(yield* transport.heardSamples, 2_400)
      assert.isNull(writing.unsafePoll())
      yield* TestClock.adjust("200 millis")
      yield* Fiber.join(writing)
      const draining = yield* Effect.fork(transport.drained)
      yield* TestClock.adjust("190 millis")
      assert.isNull(draining.unsafePoll())
      yield* TestClock.adjust("10 millis")
      yield* Fiber.join(draining)
      assert.strictEqual(yield* transport.heardSamples, 12_000)
    }),
  )

  it.effect("stops at once, and the record holds what was heard, in its place", () =>
    Effect.gen(function* () {
      const { report, transport } = yield* person(1_000)
      yield* TestClock.adjust("100 millis")
      yield* transport.write(voice(100, 3))
      yield* transport.write(voice(100, 4))
      yield* TestClock.adjust("150 millis")
      const draining = yield* Effect.fork(transport.drained)
      yield* Effect.yieldNow()
      assert.strictEqual(yield* transport.stop, 3_600)
      yield* Fiber.join(draining)
      yield* TestClock.adjust("250 millis")
      assert.strictEqual(yield* transport.heardSamples, 3_600)
      yield* transport.write(voice(40, 5))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* transport.heardSamples, 4_560)
      const { heard } = yield* report
      const at = (millis: number) => heard.samples[Math.round(millis * 24)]
      assert.deepStrictEqual([50, 150, 240, 260, 490, 510, 539].map(at), [0, 3, 4, 0, 0, 5, 5])
      assert.strictEqual(heard.samples.length, 540 * 24)
    }),
  )
})

describe("FileTransport, the record", () => {
  it.effect("keeps what was told with its time, without partials", () =>
    Effect.gen(function* () {
      const { report, transport } = yield* person(1_000)
      yield* TestClock.adjust("300 millis")
      yield* transport.send({ ...said, final: false, text: "hel" })
      yield* transport.send(said)
      yield* TestClock.adjust("300 millis")
      yield* transport.send(turnEnded)
      const { events, eventsDropped } = yield* report
      assert.deepStrictEqual(events, [
        { atMillis: 300, event: said },
        { atMillis: 600, event: turnEnded },
      ])
      assert.strictEqual(eventsDropped, 0)
    }),
  )
})
