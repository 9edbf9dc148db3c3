import { afterAll, assert, describe, it } from "@effect/vitest"
import { Chunk, Duration, Effect, Fiber, type Layer, ManagedRuntime, Stream } from "effect"
import { inputSampleRate, type PcmFrame, silence } from "../../src/domain/speech/PcmFrame.ts"
import { SpeechToText, TranscriptEvent } from "../../src/domain/speech/SpeechToText.ts"
import { normalised, streamed, wordErrors } from "../support/Speech.ts"

export interface SpeechToTextContract {
  /** Speech that takes longer than a second, and what is said in it. */
  readonly audio: PcmFrame
  readonly words: string
  /** For scripted and replayed recognisers, which know nothing of other audio. */
  readonly skipSilence?: boolean
  readonly timeoutMillis?: number
}

const interruptMillisMax = 20
const language = "en"

const transcribe = (audio: Stream.Stream<PcmFrame>) =>
  Effect.flatMap(SpeechToText, (stt) =>
    Effect.map(Stream.runCollect(stt.transcribe(audio, { language })), Chunk.toReadonlyArray),
  )

export const finalText = (events: ReadonlyArray<TranscriptEvent>): string =>
  events
    .filter(TranscriptEvent.$is("Final"))
    .map(({ text }) => text)
    .join(" ")

/** What every recogniser promises; runs against real time. */
export const speechToTextContract = <E>(
  name: string,
  live: Layer.Layer<SpeechToText, E>,
  { audio, words, skipSilence = false, timeoutMillis = 20_000 }: SpeechToTextContract,
) =>
  describe(`SpeechToText contract: ${name}`, () => {
    const runtime = ManagedRuntime.make(live)
    afterAll(() => runtime.dispose())
    const test = <E>(title: string, self: Effect.Effect<void, E, SpeechToText>) =>
      it.live(title, () => Effect.provide(self, runtime), timeoutMillis)

    test(
      "ends after a Final with what was said",
      Effect.gen(function* () {
        const events = yield* transcribe(streamed(audio))
        assert.strictEqual(events.at(-1)?._tag, "Final")
        const reference = normalised(words)
        assert.isAtMost(wordErrors(reference, normalised(finalText(events))) / reference.length, 0.2)
        for (const event of events) {
          if (event._tag === "Final") assert.isTrue(event.confidence >= 0 && event.confidence <= 1)
        }
      }),
    )

    if (!skipSilence) {
      test(
        "answers silence, and no audio at all, with an empty Final",
        Effect.gen(function* () {
          for (const nothing of [streamed(silence(1_000, inputSampleRate)), Stream.empty]) {
            const events = yield* transcribe(nothing)
            assert.deepStrictEqual(
              events.map(({ _tag, text }) => ({ _tag, text })),
              [{ _tag: "Final", text: "" }],
            )
          }
        }),
      )
    }

    test(
      "lets go within 20 ms when interrupted, and answers again after it",
      Effect.gen(function* () {
        const interruption = Effect.gen(function* () {
          const live = streamed(audio, 2).pipe(Stream.concat(Stream.never))
          const fiber = yield* Effect.fork(transcribe(live))
          yield* Effect.sleep("700 millis")
          assert.isNull(fiber.unsafePoll(), "the answer is still under way")
          const [took] = yield* Effect.timed(Fiber.interrupt(fiber))
          return Duration.toMillis(took)
        })
        // A busy machine only ever adds, so the best of three is the recogniser's own.
        const tries = [yield* interruption, yield* interruption, yield* interruption]
        assert.isAtMost(Math.min(...tries), interruptMillisMax)
        assert.isAbove(finalText(yield* transcribe(streamed(audio))).length, 0)
      }),
    )

    test(
      "serves several at once",
      Effect.gen(function* () {
        const all = yield* Effect.forEach([1, 2, 3], () => transcribe(streamed(audio)), { concurrency: "unbounded" })
        for (const events of all) assert.isAbove(finalText(events).length, 0)
      }),
    )
  })
