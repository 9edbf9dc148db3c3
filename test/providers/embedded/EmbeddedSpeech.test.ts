import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, ManagedRuntime, Stream } from "effect"
import { afterAll } from "vitest"
import { tmpdir } from "node:os"
import { SpeechToText, TranscriptEvent } from "../../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../../src/domain/speech/TextToSpeech.ts"
import { concat, inputSampleRate, silence } from "../../../src/domain/speech/PcmFrame.ts"
import * as EmbeddedSpeech from "../../../src/providers/embedded/EmbeddedSpeech.ts"
import { finalText, speechToTextContract } from "../../contract/SpeechToText.ts"
import { textToSpeechContract } from "../../contract/TextToSpeech.ts"
import { voiceActivityDetectorContract } from "../../contract/VoiceActivityDetector.ts"
import { humanClip, humanClips, noise, noisy, normalised, padded, streamed, wordErrors } from "../../support/Speech.ts"

// One pair of engines for all suites of this file.
const engines = ManagedRuntime.make(EmbeddedSpeech.layer({ cacheDir: `${tmpdir()}/parley-test-speech` }))
afterAll(() => engines.dispose())
const shared = Layer.effectContext(engines.runtimeEffect.pipe(Effect.map((runtime) => runtime.context)))

const clip = humanClip("0870")
speechToTextContract("embedded Moonshine", shared, { audio: padded(clip, 300, 300), words: clip.words })
textToSpeechContract("embedded Flite", shared, { hasWordMarks: true })
voiceActivityDetectorContract("embedded Silero", shared)

describe("embedded speech", () => {
  const test = <E>(title: string, self: Effect.Effect<void, E, SpeechToText | TextToSpeech>) =>
    it.live(title, () => Effect.provide(self, engines), 60_000)
  const transcribe = (audio: Parameters<typeof streamed>[0], speed?: number) =>
    Effect.flatMap(SpeechToText, (stt) =>
      Effect.map(Stream.runCollect(stt.transcribe(streamed(audio, speed), { language: "en" })), (events) => [
        ...events,
      ]),
    )

  test(
    "makes at most 10 % word errors on recordings of people",
    Effect.gen(function* () {
      // However much silence comes with it: a detector is early or late, a microphone muted or not.
      for (const [before, after, noiseLevel] of [
        [0, 0, 0],
        [300, 300, 0],
        [1_000, 700, 0],
        [400, 700, 0.005],
      ] as const) {
        let errors = 0
        let words = 0
        for (const clip of humanClips()) {
          const reference = normalised(clip.words)
          const heard = normalised(finalText(yield* transcribe(noisy(padded(clip, before, after), noiseLevel))))
          errors += wordErrors(reference, heard)
          words += reference.length
        }
        assert.isAbove(words, 100)
        assert.isAtMost(errors / words, 0.1)
      }
    }),
  )

  test(
    "tells what it believes while a person is still talking",
    Effect.gen(function* () {
      const events = yield* transcribe(padded(clip, 300, 300), 2)
      const partials = events.filter(TranscriptEvent.$is("Partial"))
      assert.isAtLeast(partials.length, 2)
      assert.match(partials[0]?.text ?? "", /john/i)
      assert.isTrue(events.slice(0, -1).every(TranscriptEvent.$is("Partial")))
    }),
  )

  test(
    "cuts long speech into several finals and loses no sentence",
    Effect.gen(function* () {
      const four = ["0870", "0880", "0890", "0920"].map(humanClip)
      const pause = silence(400, inputSampleRate)
      const audio = concat(
        [...four, ...four].flatMap((clip) => [clip.audio, pause]),
        inputSampleRate,
      )
      const events = yield* transcribe(audio)
      assert.isAtLeast(events.filter(TranscriptEvent.$is("Final")).length, 3)
      const reference = normalised([...four, ...four].map(({ words }) => words).join(" "))
      assert.isAtMost(wordErrors(reference, normalised(finalText(events))) / reference.length, 0.1)
    }),
  )

  test(
    "understands nothing in noise",
    Effect.gen(function* () {
      for (const level of [0.005, 0.1]) assert.strictEqual(finalText(yield* transcribe(noise(3_000, level))), "")
    }),
  )

  test(
    "understands itself",
    Effect.gen(function* () {
      const tts = yield* TextToSpeech
      const chunks = yield* Stream.runCollect(
        tts.synthesize({ text: "The meeting is on **Friday** at 3:30 pm 🎉.", language: "en" }),
      )
      const heard = finalText(
        yield* transcribe(
          concat(
            [...chunks].map(({ frame }) => frame),
            inputSampleRate,
          ),
        ),
      )
      assert.match(heard, /meeting is on friday at (three thirty|3.?30)/i)
    }),
  )
})
