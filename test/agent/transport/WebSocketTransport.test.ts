import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Either, Fiber, Stream, TestClock } from "effect"
import type { LineOptions } from "../../../src/agent/transport/Line.ts"
import { defaultPolicy } from "../../../src/agent/transport/WebSocketPolicy.ts"
import * as WebSocketTransport from "../../../src/agent/transport/WebSocketTransport.ts"
import { ConversationId } from "../../../src/domain/conversation/Conversation.ts"
import { MessageId } from "../../../src/domain/conversation/Message.ts"
import {
  AssistantTranscript,
  MessageStored,
  StateChanged,
  UserTranscript,
} from "../../../src/domain/media/ConversationEvent.ts"
import { TransportClosed, type TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import { contract, type Subject } from "../../contract/VoiceTransport.ts"
import { FakePage, pcm } from "./FakePage.ts"
import { ada } from "./People.ts"

const options: LineOptions = {
  conversationId: ConversationId.make("00000000-0000-4000-8000-0000000000c1"),
  user: ada,
  outputSampleRate: 24_000,
  languageModel: "scripted",
  policy: defaultPolicy,
}

const open = Effect.gen(function* () {
  const line = yield* WebSocketTransport.make(options)
  const page = new FakePage(options.outputSampleRate)
  page.connection = line.attach(page.socket())
  return { line, page, transport: line.transport }
})

const subject = Effect.map(open, ({ line, page, transport }): Subject => ({
  transport,
  pass: (millis) => page.pass(millis),
  person: {
    say: (frame) => Effect.sync(() => page.connection?.received(pcm(frame.samples))),
    type: (messageId, text) => Effect.sync(() => page.send({ _tag: "Text", messageId, text })),
    interrupt: Effect.sync(() => page.send({ _tag: "Interrupt" })),
    lose: Effect.sync(() => page.connection?.closed()),
    comeBack: Effect.sync(() => {
      page.connection = line.attach(page.socket())
    }),
    leave: Effect.sync(() => page.send({ _tag: "Leave" })),
    played: Effect.sync(() => page.played),
    waiting: Effect.sync(() => page.waiting),
  },
}))

const voice = (millis: number) => ({ samples: new Int16Array(millis * 24).fill(1), sampleRate: 24_000 })

const speak = (transport: Subject["transport"], frames: number) =>
  Effect.repeatN(transport.write(voice(20)), frames - 1)

const inputsOf = (transport: Subject["transport"]) => {
  const taken: Array<TransportInput> = []
  return Stream.runForEach(transport.inputs, (input) => Effect.sync(() => taken.push(input))).pipe(
    Effect.forkScoped,
    Effect.as(taken),
  )
}

const settle = TestClock.adjust(0)
const id = (digit: number) => MessageId.make(`00000000-0000-4000-8000-00000000000${digit}`)

describe("WebSocketTransport keeps the contract", () => contract(subject))

describe("what comes up", () => {
  it.scoped("copies the samples out of a buffer that the socket uses again, at an odd offset", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      const taken = yield* inputsOf(transport)
      const buffer = new Uint8Array(1 + 640)
      buffer.set(pcm(new Int16Array(320).fill(-1234)), 1)
      page.connection?.received(buffer.subarray(1))
      buffer.fill(0)
      yield* settle
      const audio = taken.find((input) => input._tag === "Audio")
      assert.deepStrictEqual(audio?.frame.samples, new Int16Array(320).fill(-1234))
    }),
  )

  const bad: ReadonlyArray<readonly [name: string, data: string | Uint8Array, says: RegExp]> = [
    ["half a sample", new Uint8Array(641), /641 bytes/],
    ["too short a frame", new Uint8Array(2), /10 to 100 ms/],
    ["too long a frame", new Uint8Array(16_000), /500 ms/],
    ["no audio at all", new Uint8Array(0), /0 ms/],
    ["no JSON", "{", /JSON/],
    ["an unknown tag", '{"_tag":"Explode"}', /_tag/],
    ["a text without an id", '{"_tag":"Text","text":"hello"}', /messageId/],
    ["a negative position", '{"_tag":"Played","generation":0,"samples":-1}', /samples/],
    ["JSON of another shape", "7", /message/],
  ]
  for (const [name, data, says] of bad) {
    it.scoped(`names what is wrong with ${name}, and goes on`, () =>
      Effect.gen(function* () {
        const { page, transport } = yield* open
        const taken = yield* inputsOf(transport)
        page.connection?.received(data)
        page.connection?.received(new Uint8Array(640))
        yield* settle
        assert.strictEqual(page.last("Problem")?.code, "bad-message")
        assert.match(page.last("Problem")?.message ?? "", says)
        assert.deepStrictEqual(page.closes, [])
        assert.deepStrictEqual(
          taken.map((input) => input._tag),
          ["Connected", "Audio"],
        )
      }),
    )
  }

  it.scoped("closes a connection that goes on sending garbage", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      const taken = yield* inputsOf(transport)
      for (let count = 0; count < 20; count++) page.connection?.received("garbage")
      yield* settle
      assert.strictEqual(page.all("Problem").length, 5)
      assert.deepStrictEqual(page.closes, [[1008, "bad-message"]])
      assert.deepStrictEqual(
        taken.map((input) => input._tag),
        ["Connected", "Disconnected"],
      )
    }),
  )

  it.scoped("takes three times real time, and closes on more", () =>
    Effect.gen(function* () {
      const { page } = yield* open
      const second = () => {
        for (let count = 0; count < 50; count++) page.connection?.received(new Uint8Array(640))
      }
      for (let count = 0; count < 6; count++) second()
      assert.deepStrictEqual(page.closes, [])
      yield* TestClock.adjust("2 seconds")
      for (let count = 0; count < 6; count++) second()
      assert.deepStrictEqual(page.closes, [])
      second()
      assert.deepStrictEqual(page.closes, [[1008, "flood"]])
      assert.strictEqual(page.last("Problem")?.code, "flood")
    }),
  )

  it.scoped("takes what was held back by a network that stalled, all at once", () =>
    Effect.gen(function* () {
      const { page } = yield* open
      const speak = (seconds: number) => {
        for (let count = 0; count < 50 * seconds; count++) page.connection?.received(new Uint8Array(640))
      }
      speak(1)
      yield* TestClock.adjust("20 seconds")
      speak(20)
      assert.deepStrictEqual(page.closes, [])
      speak(20)
      assert.deepStrictEqual(page.closes, [[1008, "flood"]])
    }),
  )

  it.scoped("takes 50 messages a second, and closes on more", () =>
    Effect.gen(function* () {
      const { page } = yield* open
      for (let count = 0; count < 50; count++) page.report()
      assert.deepStrictEqual(page.closes, [])
      page.report()
      assert.deepStrictEqual(page.closes, [[1008, "flood"]])
    }),
  )

  it.scoped("closes when more is typed than anybody reads", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      for (let count = 0; count < 70; count++) {
        page.send({ _tag: "Text", messageId: id(1), text: "again" })
        yield* TestClock.adjust("100 millis")
      }
      assert.deepStrictEqual(page.closes, [[1008, "flood"]])
      const taken = yield* inputsOf(transport)
      yield* settle
      assert.strictEqual(taken.filter((input) => input._tag === "Text").length, 63, "with the coming, 64 events")
    }),
  )
})

describe("a page that does not tell what it plays", () => {
  it.scoped("holds the voice up for a while, not for ever", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      page.reports = false
      const writing = yield* Effect.fork(speak(transport, 100))
      yield* page.pass(900)
      assert.strictEqual(yield* transport.heardSamples, 0)
      assert.isNull(writing.unsafePoll())
      yield* page.pass(4_000)
      yield* Fiber.join(writing)
      yield* transport.drained
      assert.strictEqual(yield* transport.heardSamples, 100 * 480)
    }),
  )

  it.scoped("is believed again as soon as it tells, within what was sent", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      page.reports = false
      yield* speak(transport, 5)
      page.report(0, 1_000_000)
      assert.strictEqual(yield* transport.heardSamples, 5 * 480)
      page.report(0, 10)
      assert.strictEqual(yield* transport.heardSamples, 5 * 480)
    }),
  )
})

describe("stop", () => {
  it.scoped("does not move when the page's last word on the old generation comes late", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      yield* speak(transport, 10)
      yield* page.pass(100)
      page.reports = false
      yield* page.pass(30)
      const heard = yield* transport.stop
      assert.strictEqual(heard, 130 * 24)
      page.report(0, 150 * 24)
      assert.strictEqual(yield* transport.heardSamples, heard)
      page.reports = true
      yield* speak(transport, 5)
      yield* page.pass(60)
      page.report(0, 200 * 24)
      assert.strictEqual(yield* transport.heardSamples, heard + 60 * 24)
    }),
  )

  it.scoped("counts only twice the reporting interval when reports fail", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      yield* speak(transport, 10)
      yield* page.pass(50)
      page.reports = false
      yield* page.pass(150)
      assert.strictEqual(yield* transport.stop, 150 * 24)
    }),
  )

  it.scoped("works while the person is away, who then hears only what is new", () =>
    Effect.gen(function* () {
      const { line, page, transport } = yield* open
      yield* speak(transport, 10)
      yield* page.pass(100)
      page.connection?.closed()
      const heard = yield* transport.stop
      assert.strictEqual(heard, 100 * 24)
      page.connection = line.attach(page.socket())
      assert.strictEqual(page.waiting, 0)
      yield* speak(transport, 1)
      yield* page.pass(50)
      assert.strictEqual(yield* transport.heardSamples, heard + 20 * 24)
    }),
  )
})

describe("a round trip of 300 ms", () => {
  it.scoped("is made room for, so that the person does not run dry", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      page.reports = false
      yield* Effect.fork(speak(transport, 300))
      const reports: Array<readonly [at: number, samples: number]> = []
      const step = Effect.gen(function* () {
        yield* page.pass(10)
        const now = yield* TestClock.currentTimeMillis
        reports.push([now + 300, page.played])
        const due = reports.filter(([at]) => at === now)
        if (now % 50 === 0) for (const [, samples] of due) page.report(0, samples)
      })
      yield* Effect.repeatN(step, 99)
      const before = page.played
      yield* Effect.repeatN(step, 199)
      assert.strictEqual(page.played - before, 2_000 * 24, "two seconds without a gap")
      assert.isAtMost(page.waiting, (200 + 400) * 24)
    }),
  )
})

describe("what goes down", () => {
  const partial = (digit: number, text: string) =>
    UserTranscript.make({ messageId: id(digit), text, final: false, source: "speech" })

  it.scoped("welcomes first", () =>
    Effect.gen(function* () {
      const { page } = yield* open
      assert.deepStrictEqual(page.messages, [
        {
          _tag: "Welcome",
          protocol: 1,
          conversationId: options.conversationId,
          outputSampleRate: 24_000,
          resumeWithinMillis: 30_000,
          resumed: false,
          languageModel: "scripted",
        },
      ])
    }),
  )

  it.scoped("holds events back while the socket is full, then tells each thing once, at its newest", () =>
    Effect.gen(function* () {
      const { page, transport } = yield* open
      page.hasRoom = false
      yield* transport.send(partial(1, "the socket says that it is full after this"))
      yield* transport.send(partial(2, "what"))
      yield* transport.send(partial(2, "what time"))
      const writing = yield* Effect.fork(transport.write(voice(20)))
      yield* settle
      assert.strictEqual(page.all("UserTranscript").length, 1)
      assert.isNull(writing.unsafePoll())
      page.hasRoom = true
      page.connection?.drained()
      yield* Fiber.join(writing)
      assert.deepStrictEqual(
        page.all("UserTranscript").map((event) => event.text),
        ["the socket says that it is full after this", "what time"],
      )
    }),
  )

  it.scoped("shows a page that comes back the conversation as it stands", () =>
    Effect.gen(function* () {
      const { line, page, transport } = yield* open
      yield* transport.send(StateChanged.make({ state: "listening" }))
      yield* transport.send(partial(1, "what"))
      page.connection?.closed()
      yield* transport.send(UserTranscript.make({ messageId: id(1), text: "what time", final: true, source: "speech" }))
      yield* transport.send(MessageStored.make({ messageId: id(1) }))
      yield* transport.send(StateChanged.make({ state: "speaking" }))
      const answer = AssistantTranscript.make({
        messageId: id(2),
        text: "It",
        pending: "is noon.",
        final: false,
        interrupted: false,
      })
      yield* transport.send(answer)
      const before = page.messages.length
      page.connection = line.attach(page.socket())
      assert.deepStrictEqual(page.messages.slice(before), [
        { ...page.all("Welcome")[0], _tag: "Welcome", resumed: true } as (typeof page.messages)[number],
        { _tag: "Stop", generation: 1 },
        { _tag: "StateChanged", state: "speaking" },
        { _tag: "UserTranscript", messageId: id(1), text: "what time", final: true, source: "speech" },
        { _tag: "MessageStored", messageId: id(1) },
        answer,
      ])
    }),
  )
})

describe("the end", () => {
  it.scoped("comes when the grace is over, for readers and for writers", () =>
    Effect.gen(function* () {
      const { line, page, transport } = yield* open
      const reading = yield* Effect.fork(Stream.runDrain(transport.inputs))
      page.connection?.closed()
      const writing = yield* Effect.fork(Effect.either(transport.write(voice(20))))
      yield* TestClock.adjust(Duration.subtract(defaultPolicy.grace, 1))
      assert.isNull(reading.unsafePoll())
      assert.isNull(writing.unsafePoll())
      assert.isFalse(line.hasLeft())
      yield* TestClock.adjust(1)
      yield* Fiber.join(reading)
      assert.deepStrictEqual(yield* Fiber.join(writing), Either.left(new TransportClosed()))
      assert.isTrue(line.hasLeft())
    }),
  )

  it.scoped("gives the whole grace again after each return", () =>
    Effect.gen(function* () {
      const { line, page } = yield* open
      for (let count = 0; count < 3; count++) {
        page.connection?.closed()
        yield* TestClock.adjust("29 seconds")
        page.connection = line.attach(page.socket())
        yield* settle
      }
      yield* TestClock.adjust("5 minutes")
      assert.isFalse(line.hasLeft())
    }),
  )

  it.scoped("is told once, and closes the socket", () =>
    Effect.gen(function* () {
      const { line, page } = yield* open
      line.conclude("assistant")
      line.conclude("error")
      assert.deepStrictEqual(page.all("Ended"), [{ _tag: "Ended", reason: "assistant" }])
      assert.deepStrictEqual(page.closes, [[1000, "assistant"]])
    }),
  )

  it.scoped("leaves the socket open for what the engine still has to say", () =>
    Effect.gen(function* () {
      const { line, page, transport } = yield* open
      page.send({ _tag: "Leave" })
      yield* transport.send(MessageStored.make({ messageId: id(1) }))
      line.conclude("left")
      assert.deepStrictEqual(
        page.messages.slice(1).map((message) => message._tag),
        ["MessageStored", "Ended"],
      )
    }),
  )
})
