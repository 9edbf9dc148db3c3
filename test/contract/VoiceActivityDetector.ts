import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, type Layer, ManagedRuntime } from "effect"
import { inputSampleRate, type PcmFrame, silence } from "../../src/domain/speech/PcmFrame.ts"
import { VoiceActivityDetector } from "../../src/domain/speech/VoiceActivityDetector.ts"
import { frames, humanClip, noise, padded } from "../support/Speech.ts"

const padMillis = 1_000

const detect = (audio: PcmFrame) =>
  Effect.scoped(
    Effect.gen(function* () {
      const detector = yield* VoiceActivityDetector
      const session = yield* detector.open
      return yield* Effect.forEach(frames(audio, detector.windowSamples), session.accept)
    }),
  )
const mean = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length

/** What every voice detector promises, by human speech; runs against real time. */
export const voiceActivityDetectorContract = <E>(name: string, live: Layer.Layer<VoiceActivityDetector, E>) =>
  describe(`VoiceActivityDetector contract: ${name}`, () => {
    const runtime = ManagedRuntime.make(live)
    afterAll(() => runtime.dispose())
    const test = <E>(title: string, self: Effect.Effect<void, E, VoiceActivityDetector>) =>
      it.live(title, () => Effect.provide(self, runtime), 20_000)

    test(
      "tells speech from silence and from steady noise",
      Effect.gen(function* () {
        const { windowSamples } = yield* VoiceActivityDetector
        const clip = humanClip("0870")
        const heard = yield* detect(padded(clip, padMillis, padMillis))
        for (const likelihood of heard) assert.isTrue(likelihood >= 0 && likelihood <= 1)
        const windowsOf = (millis: number) => Math.floor((millis * inputSampleRate) / 1000 / windowSamples)
        const before = heard.slice(0, windowsOf(padMillis))
        const during = heard.slice(windowsOf(padMillis + 500), windowsOf(padMillis + 6_500))
        // The first third of a second after speech may still be judged as speech.
        const after = heard.slice(-windowsOf(padMillis - 300))
        assert.isBelow(Math.max(...before), 0.5)
        assert.isAbove(mean(during), 0.7)
        assert.isBelow(Math.max(...after), 0.5)
        assert.isBelow(mean(yield* detect(noise(2_000, 0.02))), 0.3)
      }),
    )

    test(
      "keeps sessions apart",
      Effect.scoped(
        Effect.gen(function* () {
          const detector = yield* VoiceActivityDetector
          const [speaker, listener] = [yield* detector.open, yield* detector.open]
          const quiet = silence((detector.windowSamples * 1000) / inputSampleRate, inputSampleRate)
          const speech = frames(humanClip("0880").audio, detector.windowSamples)
          const together = yield* Effect.forEach(speech, (window) =>
            Effect.all([speaker.accept(window), listener.accept(quiet)]),
          )
          assert.isAbove(Math.max(...together.map(([likelihood]) => likelihood)), 0.5)
          const alone = yield* detect(humanClip("0880").audio)
          assert.deepStrictEqual(
            together.map(([likelihood]) => likelihood),
            [...alone],
          )
          assert.isBelow(Math.max(...together.map(([, likelihood]) => likelihood)), 0.5)
        }),
      ),
    )
  })
