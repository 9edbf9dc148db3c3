import { Effect, Option, Stream } from "effect"
import { concat, inputSampleRate, type PcmFrame, silence } from "../../src/domain/speech/PcmFrame.ts"
import * as Resampler from "../../src/domain/speech/Resampler.ts"
import { TextToSpeech } from "../../src/domain/speech/TextToSpeech.ts"
import { humanClips } from "../../test/support/Speech.ts"

export interface Clip {
  readonly name: string
  readonly audio: PcmFrame
}

/** Asked by our own voice where there are no recordings of people. */
const questions = [
  "What time is it?",
  "What is seven times eight?",
  "Can you tell me a joke?",
  "Please set a timer for five minutes.",
  "What can you do for me?",
  "How much is twelve plus thirty?",
]

const asked = Effect.fnUntraced(function* (question: string) {
  const voice = yield* TextToSpeech
  const chunks = yield* Stream.runCollect(voice.synthesize({ text: question, language: "en" }))
  const frames = Array.from(chunks, ({ frame }) => frame)
  const resampler = Resampler.make(frames[0]?.sampleRate ?? inputSampleRate, inputSampleRate)
  const audio = concat(
    [...frames.map(resampler.push), resampler.flush(), silence(100, inputSampleRate)],
    inputSampleRate,
  )
  return { name: question, audio }
})

/** Recordings of people (Debian's pocketsphinx-testdata), else questions that Flite asks. All at 16 kHz. */
export const load = Effect.gen(function* () {
  const recorded = yield* Effect.option(Effect.try(humanClips))
  return Option.isSome(recorded)
    ? {
        origin: "people (pocketsphinx-testdata)",
        clips: recorded.value.map(({ audio, name }): Clip => ({ name, audio })),
      }
    : { origin: "Flite (pocketsphinx-testdata is not installed)", clips: yield* Effect.forEach(questions, asked) }
})
