import { assert, describe, it } from "@effect/vitest"
import { Chunk, Deferred, Effect, Exit, Layer, Mailbox, Stream } from "effect"
import { ChatPart, type ChatRequest, LanguageModel } from "../../src/domain/llm/LanguageModel.ts"
import { type PcmFrame, silence } from "../../src/domain/speech/PcmFrame.ts"
import { ProviderError, Rejected, Unavailable } from "../../src/domain/speech/ProviderError.ts"
import { TranscriptEvent } from "../../src/domain/speech/SpeechToText.ts"
import * as AudioReplay from "../../src/providers/AudioReplay.ts"
import * as Failover from "../../src/providers/Failover.ts"

const failed = (reason: ProviderError["reason"]) => new ProviderError({ provider: "p", operation: "o", reason })
const down = failed(new Unavailable({ detail: "down" }))
const request: ChatRequest = { messages: [], tools: [], outputTokensMax: 10 }
const text = (value: string) => ChatPart.TextDelta({ text: value })
const model = (name: string, answer: Stream.Stream<ChatPart, ProviderError>) => ({ name, chat: () => answer })
const second = model("second", Stream.make(text("from the second")))
const frames = (...lengths: ReadonlyArray<number>): ReadonlyArray<PcmFrame> =>
  lengths.map((millis) => silence(millis, 16_000))
const recogniser = (
  name: string,
  transcribe: (audio: Stream.Stream<PcmFrame>) => Stream.Stream<TranscriptEvent, ProviderError>,
) => ({ name, transcribe })
/** Tells how many samples it heard. */
const listener = recogniser("second", (audio) =>
  Stream.fromEffect(
    Effect.map(
      Stream.runFold(audio, 0, (total, frame) => total + frame.samples.length),
      (samples) => TranscriptEvent.Final({ text: String(samples), confidence: 1 }),
    ),
  ),
)
const english = { language: "en" }

describe("Failover of the language model", () => {
  it.effect("asks the second one when the first is down", () =>
    Effect.gen(function* () {
      const both = Failover.languageModel(model("first", Stream.fail(down)), second)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(both.chat(request))), [
        text("from the second"),
      ])
      assert.strictEqual(both.name, "first, else second")
    }),
  )
  it.effect("never after the first event", () =>
    Effect.gen(function* () {
      const cut = Stream.concat(Stream.make(text("half an")), Stream.fail(down))
      const both = Failover.languageModel(model("first", cut), second)
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(both.chat(request))), down)
    }),
  )
  it.effect("a bad request is not shopped around, a refused key is", () =>
    Effect.gen(function* () {
      const refusing = (status: number) =>
        Failover.languageModel(model("first", Stream.fail(failed(new Rejected({ status, detail: "no" })))), second)
      const bad = yield* Effect.exit(Stream.runDrain(refusing(400).chat(request)))
      assert.isTrue(Exit.isFailure(bad))
      assert.strictEqual(yield* Stream.runCount(refusing(401).chat(request)), 1)
    }),
  )
  it.effect("as layers", () =>
    Effect.gen(function* () {
      const both = yield* LanguageModel
      assert.strictEqual(yield* Stream.runCount(both.chat(request)), 1)
    }).pipe(
      Effect.provide(
        Failover.layerLanguageModel(
          Layer.succeed(LanguageModel, model("first", Stream.fail(down))),
          Layer.succeed(LanguageModel, second),
        ),
      ),
    ),
  )
})

describe("Failover of the recogniser", () => {
  it.effect("the second one hears what the first one took, and what comes after", () =>
    Effect.gen(function* () {
      const mailbox = yield* Mailbox.make<PcmFrame>()
      const taken = yield* Deferred.make<void>()
      // Takes two frames of the live audio, says a partial, and dies.
      const dying = recogniser("first", (audio) =>
        Stream.take(audio, 2).pipe(
          Stream.runDrain,
          Effect.zipRight(Deferred.succeed(taken, undefined)),
          Effect.as(TranscriptEvent.Partial({ text: "one" })),
          Stream.fromEffect,
          Stream.concat(Stream.fail(down)),
        ),
      )
      const both = Failover.speechToText(dying, listener)
      yield* mailbox.offerAll(frames(20, 20))
      yield* Effect.fork(
        Effect.gen(function* () {
          yield* Deferred.await(taken)
          yield* mailbox.offerAll(frames(20, 20, 20))
          yield* mailbox.end
        }),
      )
      const events = yield* Stream.runCollect(both.transcribe(Mailbox.toStream(mailbox), english))
      assert.deepStrictEqual(Chunk.toReadonlyArray(events), [
        TranscriptEvent.Partial({ text: "one" }),
        TranscriptEvent.Final({ text: String(5 * 320), confidence: 1 }),
      ])
    }),
  )
  it.effect("never after a final", () =>
    Effect.gen(function* () {
      const final = TranscriptEvent.Final({ text: "done", confidence: 1 })
      const both = Failover.speechToText(
        recogniser("first", () => Stream.concat(Stream.make(final), Stream.fail(down))),
        listener,
      )
      const audio = Stream.fromIterable(frames(20))
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(both.transcribe(audio, english))), down)
    }),
  )
  it.scoped("keeps no more audio than it may, and lets the oldest go", () =>
    Effect.gen(function* () {
      const replay = yield* AudioReplay.make(Stream.fromIterable(frames(10, 20, 30, 40)), 75)
      yield* Deferred.await(replay.ended)
      const kept = yield* Stream.runCollect(replay.stream)
      assert.deepStrictEqual(Chunk.toReadonlyArray(kept), frames(30, 40))
    }),
  )
})

describe("Failover of the voice", () => {
  it.effect("asks the second one when the first is down", () =>
    Effect.gen(function* () {
      const chunk = { frame: silence(20, 24_000), words: [] }
      const both = Failover.textToSpeech(
        { name: "first", voices: ["a"], synthesize: () => Stream.fail(down) },
        { name: "second", voices: ["b"], synthesize: () => Stream.make(chunk) },
      )
      const spoken = yield* Stream.runCollect(both.synthesize({ text: "hello", language: "en" }))
      assert.deepStrictEqual(Chunk.toReadonlyArray(spoken), [chunk])
      assert.deepStrictEqual(both.voices, ["a", "b"])
    }),
  )
})
