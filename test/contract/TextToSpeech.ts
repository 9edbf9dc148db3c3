import { afterAll, assert, describe, it } from "@effect/vitest"
import { Chunk, Duration, Effect, Fiber, type Layer, ManagedRuntime, Stream } from "effect"
import { concat, durationMillis, level } from "../../src/domain/speech/PcmFrame.ts"
import { type SpeechChunk, type SynthesizeRequest, TextToSpeech } from "../../src/domain/speech/TextToSpeech.ts"

export interface TextToSpeechContract {
  /** The voice tells where words lie. */
  readonly hasWordMarks: boolean
  readonly timeoutMillis?: number
}

const interruptMillisMax = 20
const chunkMillisMax = 100
const text = "Good morning. The train to Oxford leaves in twenty minutes."

const speak = (request: Partial<SynthesizeRequest> = {}) =>
  Effect.flatMap(TextToSpeech, (tts) =>
    Effect.map(Stream.runCollect(tts.synthesize({ text, language: "en", ...request })), Chunk.toReadonlyArray),
  )
const whole = (chunks: ReadonlyArray<SpeechChunk>) =>
  concat(
    chunks.map(({ frame }) => frame),
    chunks[0]?.frame.sampleRate ?? 0,
  )

/** What every voice promises; runs against real time. */
export const textToSpeechContract = <E>(
  name: string,
  live: Layer.Layer<TextToSpeech, E>,
  { hasWordMarks, timeoutMillis = 20_000 }: TextToSpeechContract,
) =>
  describe(`TextToSpeech contract: ${name}`, () => {
    const runtime = ManagedRuntime.make(live)
    afterAll(() => runtime.dispose())
    const test = <E>(title: string, self: Effect.Effect<void, E, TextToSpeech>) =>
      it.live(title, () => Effect.provide(self, runtime), timeoutMillis)

    test(
      "speaks a sentence in chunks of one rate and at most 100 ms",
      Effect.gen(function* () {
        const chunks = yield* speak()
        const rates = new Set(chunks.map(({ frame }) => frame.sampleRate))
        assert.strictEqual(rates.size, 1)
        for (const { frame } of chunks) {
          assert.isAtMost(durationMillis(frame), chunkMillisMax)
          assert.isAbove(frame.samples.length, 0)
        }
        const spoken = whole(chunks)
        assert.isAbove(durationMillis(spoken), 1_500)
        assert.isBelow(durationMillis(spoken), 8_000)
        assert.isAbove(level(spoken), 0.01)
      }),
    )

    test(
      "takes its own voices, and its default for one that it does not know",
      Effect.gen(function* () {
        const { voices } = yield* TextToSpeech
        for (const voice of [...voices, "nobody"]) {
          assert.isAbove(durationMillis(whole(yield* speak({ voice, text: "Hello." }))), 100, voice)
        }
      }),
    )

    test(
      "answers what cannot be said with no audio",
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* speak({ text: "🎉" }), [])
      }),
    )

    if (hasWordMarks) {
      test(
        "marks every word once, in order, within the audio",
        Effect.gen(function* () {
          const chunks = yield* speak()
          const marks = chunks.flatMap(({ words }) => words)
          assert.strictEqual(marks.map(({ word }) => word).join(" "), text)
          let last = 0
          for (const { startMillis, endMillis } of marks) {
            assert.isAtLeast(startMillis, last)
            assert.isAtLeast(endMillis, startMillis)
            last = endMillis
          }
          assert.isAtMost(last, durationMillis(whole(chunks)))
          assert.isAbove(last, durationMillis(whole(chunks)) * 0.8)
        }),
      )
    }

    test(
      "lets go within 20 ms when interrupted, and speaks again after it",
      Effect.gen(function* () {
        const interruption = Effect.gen(function* () {
          const fiber = yield* Effect.fork(speak({ text: `${text} `.repeat(20) }))
          yield* Effect.sleep("50 millis")
          assert.isNull(fiber.unsafePoll(), "the answer is still under way")
          const [took] = yield* Effect.timed(Fiber.interrupt(fiber))
          return Duration.toMillis(took)
        })
        // A busy machine only ever adds, so the best of three is the voice's own.
        const tries = [yield* interruption, yield* interruption, yield* interruption]
        assert.isAtMost(Math.min(...tries), interruptMillisMax)
        assert.isAbove((yield* speak()).length, 0)
      }),
    )
  })
