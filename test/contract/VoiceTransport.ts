import { assert, it } from "@effect/vitest"
import { Effect, Either, Fiber, type Scope, Stream } from "effect"
import { MessageId } from "../../src/domain/conversation/Message.ts"
import { type Transport, TransportClosed, type TransportInput } from "../../src/domain/media/VoiceTransport.ts"
import { inputSampleRate, type PcmFrame } from "../../src/domain/speech/PcmFrame.ts"

/** What a test does in the person's place. Their side plays what reaches it in real time, unasked. */
export interface PersonSide {
  readonly say: (frame: PcmFrame) => Effect.Effect<void>
  readonly type: (messageId: MessageId, text: string) => Effect.Effect<void>
  readonly interrupt: Effect.Effect<void>
  readonly lose: Effect.Effect<void>
  readonly comeBack: Effect.Effect<void>
  readonly leave: Effect.Effect<void>
  /** Samples of the voice that the person has truly heard since the beginning. */
  readonly played: Effect.Effect<number>
  /** Samples that wait at the person's side to be heard. */
  readonly waiting: Effect.Effect<number>
}

/** A transport whose person has come already. */
export interface Subject {
  readonly transport: Transport
  readonly person: PersonSide
  /** Lets so much time go by. */
  readonly pass: (millis: number) => Effect.Effect<void>
}

/** How a transport is to be looked at. What is heard in a room of a media server is heard a little later, and coded. */
export interface Conditions {
  /** In real time, on a real network. */
  readonly live: boolean
  /** A person's audio is handed on sample by sample, and nothing but what they say. */
  readonly verbatim: boolean
  /** Between what the transport knows of as heard and what the person has heard. */
  readonly exactMillis: number
  readonly tone: (millis: number, sampleRate: number, value: number) => PcmFrame
}

const aheadMillisMax = 200
const frameMillis = 40
const stepMillis = 20

const constant = (millis: number, sampleRate: number, value: number): PcmFrame => ({
  samples: new Int16Array((millis * sampleRate) / 1000).fill(value),
  sampleRate,
})

const inProcess: Conditions = { live: false, verbatim: true, exactMillis: 20, tone: constant }

const speak = ({ tone }: Conditions, transport: Transport, millis: number) =>
  Effect.repeatN(transport.write(tone(frameMillis, transport.outputSampleRate, 1)), millis / frameMillis - 1)

/** Lets time go by and looks after each step. */
const passing = (subject: Subject, millis: number, look: Effect.Effect<void>) =>
  Effect.repeatN(Effect.zipRight(subject.pass(stepMillis), look), millis / stepMillis - 1)

const millisOf = (subject: Subject, samples: number) => (samples * 1000) / subject.transport.outputSampleRate

const collect = (transport: Transport) => {
  const taken: Array<TransportInput> = []
  return Effect.as(
    Effect.forkScoped(Stream.runForEach(transport.inputs, (input) => Effect.sync(() => taken.push(input)))),
    taken,
  )
}

const tags = (inputs: ReadonlyArray<TransportInput>) => inputs.map((input) => input._tag)

const eventTags = (inputs: ReadonlyArray<TransportInput>) => tags(inputs).filter((tag) => tag !== "Audio")

const messageId = (digit: number) => MessageId.make(`00000000-0000-4000-8000-00000000000${digit}`)

type Make = Effect.Effect<Subject, never, Scope.Scope>

const inputs = (make: Make, conditions: Conditions) => {
  const { live, tone, verbatim } = conditions
  const test = live ? it.scopedLive : it.scoped

  test("hands on what the person does, in order, after their coming", () =>
    Effect.gen(function* () {
      const { pass, person, transport } = yield* make
      const taken = yield* collect(transport)
      yield* person.say(tone(20, inputSampleRate, 7))
      yield* person.type(messageId(1), "hello")
      yield* person.say(tone(20, inputSampleRate, 8))
      yield* person.interrupt
      yield* pass(stepMillis)
      if (!verbatim) {
        assert.deepStrictEqual(eventTags(taken), ["Connected", "Text", "Interrupt"])
        return
      }
      assert.deepStrictEqual(tags(taken), ["Connected", "Audio", "Text", "Audio", "Interrupt"])
      const audio = taken.flatMap((input) => (input._tag === "Audio" ? [input.frame] : []))
      assert.deepStrictEqual(
        audio.map(({ sampleRate, samples }) => [sampleRate, samples.length, samples[0]]),
        [
          [inputSampleRate, 320, 7],
          [inputSampleRate, 320, 8],
        ],
      )
    }))

  test("keeps the newest audio and every text for a reader that is slow", () =>
    Effect.gen(function* () {
      const { pass, person, transport } = yield* make
      const frames = 350
      yield* person.type(messageId(1), "before")
      for (let count = 1; count <= frames; count++) {
        yield* person.say(tone(20, inputSampleRate, count))
        if (count % 5 === 0) yield* pass(100)
      }
      yield* person.type(messageId(2), "after")
      yield* pass(stepMillis)
      const taken = yield* collect(transport)
      yield* pass(stepMillis)
      const audio = taken.flatMap((input) => (input._tag === "Audio" ? [input.frame.samples[0] ?? 0] : []))
      assert.isAtMost(audio.length * 20, 5_000, "is bounded")
      assert.isAtLeast(audio.length * 20, 500, "holds enough to survive a hiccup")
      if (verbatim)
        assert.deepStrictEqual(
          audio,
          Array.from(audio, (_, index) => frames + 1 - audio.length + index),
        )
      assert.deepStrictEqual(
        taken.flatMap((input) => (input._tag === "Text" ? [input.text] : [])),
        ["before", "after"],
      )
    }))

  test("ends when the person leaves, and lets nobody wait", () =>
    Effect.gen(function* () {
      const { pass, person, transport } = yield* make
      const reading = yield* Effect.fork(Stream.runDrain(transport.inputs))
      const writing = yield* Effect.fork(Effect.either(speak(conditions, transport, 10_000)))
      yield* pass(stepMillis)
      const draining = yield* Effect.fork(Effect.either(transport.drained))
      yield* person.leave
      yield* pass(stepMillis)
      yield* Fiber.join(reading)
      assert.deepStrictEqual(yield* Fiber.join(writing), Either.left(new TransportClosed()))
      assert.deepStrictEqual(yield* Fiber.join(draining), Either.left(new TransportClosed()))
      const late = transport.write(tone(frameMillis, transport.outputSampleRate, 1))
      assert.deepStrictEqual(yield* Effect.either(late), Either.left(new TransportClosed()))
    }))
}

const voice = (make: Make, conditions: Conditions) => {
  const { exactMillis, live, verbatim } = conditions
  const test = live ? it.scopedLive : it.scoped

  test("runs ahead of the person by 200 ms at most, and never lets them run dry", () =>
    Effect.gen(function* () {
      const subject = yield* make
      const { person, transport } = subject
      yield* Effect.fork(speak(conditions, transport, 4_000))
      yield* subject.pass(100)
      yield* passing(
        subject,
        3_000,
        Effect.gen(function* () {
          const ahead = millisOf(subject, yield* person.waiting)
          assert.isAtMost(ahead, aheadMillisMax + exactMillis)
          assert.isAbove(ahead, 0)
        }),
      )
    }))

  test("knows what was heard to 20 ms, never falling back", () =>
    Effect.gen(function* () {
      const subject = yield* make
      yield* Effect.fork(speak(conditions, subject.transport, 1_000))
      let before = 0
      yield* subject.pass(100)
      const look = Effect.gen(function* () {
        const heard = yield* subject.transport.heardSamples
        const played = yield* subject.person.played
        assert.isAtMost(Math.abs(millisOf(subject, heard - played)), exactMillis)
        assert.isAtLeast(heard, before)
        before = heard
      })
      yield* passing(subject, 1_400, look)
      assert.strictEqual(millisOf(subject, before), 1_000)
    }))

  test("stops at once and says what was heard", () =>
    Effect.gen(function* () {
      const subject = yield* make
      const { pass, person, transport } = subject
      const writing = yield* Effect.fork(speak(conditions, transport, 2_000))
      yield* pass(500)
      yield* Fiber.interrupt(writing)
      const heard = yield* transport.stop
      const played = yield* person.played
      assert.isAtMost(Math.abs(millisOf(subject, heard - played)), exactMillis)
      yield* pass(500)
      assert.isAtMost(millisOf(subject, (yield* person.played) - played), exactMillis, "nothing more is heard")
      assert.strictEqual(yield* transport.heardSamples, heard, "and nothing more counts as heard")
      yield* transport.drained
      yield* speak(conditions, transport, 80)
      yield* pass(300)
      assert.strictEqual(millisOf(subject, (yield* transport.heardSamples) - heard), 80)
    }))

  test("is drained when all was heard, and not before", () =>
    Effect.gen(function* () {
      const subject = yield* make
      yield* speak(conditions, subject.transport, 160)
      const draining = yield* Effect.fork(subject.transport.drained)
      yield* subject.pass(100)
      assert.isNull(draining.unsafePoll())
      yield* subject.pass(200)
      yield* Fiber.join(draining)
      const played = millisOf(subject, yield* subject.person.played)
      assert.isAtMost(Math.abs(played - 160), verbatim ? 0 : exactMillis)
    }))

  test("waits for a person whose connection is lost, and goes on where they were", () =>
    Effect.gen(function* () {
      const subject = yield* make
      const { pass, person, transport } = subject
      const taken = yield* collect(transport)
      const writing = yield* Effect.fork(speak(conditions, transport, 1_200))
      yield* pass(500)
      yield* person.lose
      yield* pass(2_000)
      assert.isNull(writing.unsafePoll())
      assert.isAtMost(millisOf(subject, yield* transport.heardSamples), 500 + aheadMillisMax)
      yield* person.comeBack
      yield* pass(1_500)
      yield* Fiber.join(writing)
      yield* transport.drained
      assert.deepStrictEqual(eventTags(taken), ["Connected", "Disconnected", "Connected"])
      assert.strictEqual(millisOf(subject, yield* transport.heardSamples), 1_200)
      const played = millisOf(subject, yield* person.played)
      assert.isAtLeast(played, 1_200 - exactMillis, "nothing is missed")
      assert.isAtMost(played, 1_200 + aheadMillisMax + exactMillis, "only what was on its way is said again")
    }))
}

/** What every transport keeps; `make` gives one whose person has come. */
export const contract = (make: Make, conditions: Conditions = inProcess) => {
  inputs(make, conditions)
  voice(make, conditions)
}
