import { Effect, Layer, Stream } from "effect"
import { type SpeechChunk, TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import { play, type Trouble } from "./Script.ts"

export interface ScriptedVoice {
  readonly sampleRate: number
  /** How long a word sounds; a word is one chunk, so at most 100. */
  readonly wordMillis: number
  /** How long making each word takes. */
  readonly makeMillis: number
  /** Whether exact word times are told. */
  readonly marks: boolean
  /** The value of all samples of a word, so that who listens can tell words apart; not 0. */
  readonly sampleOf: (word: string) => number
  /** What goes wrong with a text, and after how many words of it. */
  readonly trouble: (text: string) => { readonly afterWords: number; readonly trouble: Trouble } | undefined
}

export const plainVoice: ScriptedVoice = {
  sampleRate: 24_000,
  wordMillis: 100,
  makeMillis: 0,
  marks: true,
  sampleOf: () => 8_000,
  trouble: () => undefined,
}

const chunkOf = (voice: ScriptedVoice, word: string, index: number): SpeechChunk => ({
  frame: {
    samples: new Int16Array((voice.wordMillis * voice.sampleRate) / 1000).fill(voice.sampleOf(word)),
    sampleRate: voice.sampleRate,
  },
  words: voice.marks
    ? [{ word, startMillis: index * voice.wordMillis, endMillis: (index + 1) * voice.wordMillis }]
    : [],
})

/** A voice that says every word as a block of equal samples, with exact timing. */
export const layer = (voice: ScriptedVoice): Layer.Layer<TextToSpeech> =>
  Layer.succeed(TextToSpeech, {
    name: "scripted",
    voices: ["scripted"],
    synthesize: ({ text }) =>
      Stream.suspend(() => {
        const words = text.split(/\s+/).filter((word) => word !== "")
        const planned = voice.trouble(text)
        const said = planned === undefined ? words : words.slice(0, planned.afterWords)
        const chunks = Stream.fromIterable(said).pipe(
          Stream.zipWithIndex,
          Stream.rechunk(1),
          Stream.mapEffect(([word, index]) => {
            const chunk = chunkOf(voice, word, index)
            return voice.makeMillis === 0 ? Effect.succeed(chunk) : Effect.as(Effect.sleep(voice.makeMillis), chunk)
          }),
        )
        return planned === undefined
          ? chunks
          : Stream.concat(chunks, Stream.fromEffect(play(planned.trouble, "synthesize")))
      }),
  })
