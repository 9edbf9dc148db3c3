import { Effect, Layer, Stream } from "effect"
import { type SpeechChunk, TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import type { Spoken } from "./EngineProtocol.ts"
import { type SpeakablePart, speakable } from "./SpeakableText.ts"
import { SynthesisEngine } from "./SynthesisEngine.ts"
import { wordTimes } from "./WordTimes.ts"

/** Carnegie Mellon's: a woman, a man, a Scottish man, and an older, quicker, more robotic man. */
export const voices: ReadonlyArray<string> = ["slt", "rms", "awb", "kal16"]

export interface FliteOptions {
  /** One of `voices`; `slt` when it is missing or unknown. */
  readonly voice?: string
}

const chunkMillis = 60
/** Flite begins with up to a quarter of a second of silence, which a listener would wait for. */
const leadInMillis = 20
/** A text is spoken in breaths: at least so long and up to a pause, so that a long sentence begins as soon as a short one. */
const breathLettersMin = 60
const breathLettersMax = 240

/** Cuts at punctuation once a breath is long enough, and anywhere once it is too long. */
export const breaths = (parts: ReadonlyArray<SpeakablePart>): ReadonlyArray<ReadonlyArray<SpeakablePart>> => {
  const all: Array<Array<SpeakablePart>> = [[]]
  let letters = 0
  for (const part of parts) {
    all.at(-1)?.push(part)
    letters += part.spoken.length + 1
    const pause = /[.,;:!?]$/.test(part.spoken)
    if (letters >= breathLettersMax || (pause && letters >= breathLettersMin)) {
      all.push([])
      letters = 0
    }
  }
  const [rest, before] = [all.at(-1) ?? [], all.at(-2)]
  // What is left over and not said belongs to the breath before it.
  if (before !== undefined && rest.every((part) => part.spoken === "")) before.push(...rest)
  return all.filter((breath) => breath.some((part) => part.spoken !== ""))
}

/** Samples before the voice begins that nobody needs to hear. */
const idleSamples = ({ phones, sampleRate }: Spoken): number => {
  const [first] = phones
  const idleMillis = first?.phone === "pau" ? Math.max(0, first.endSeconds * 1000 - leadInMillis) : 0
  return Math.round((idleMillis * sampleRate) / 1000)
}

/** The audio of one breath in chunks, its marks with the first one. */
const chunks = (parts: ReadonlyArray<SpeakablePart>, spoken: Spoken, startMillis: number) => {
  const { sampleRate } = spoken
  const idle = idleSamples(spoken)
  const samples = spoken.samples.subarray(idle)
  const words = wordTimes(parts, spoken, startMillis - (idle * 1000) / sampleRate)
  const size = (chunkMillis * sampleRate) / 1000
  const cut: Array<SpeechChunk> = []
  for (let at = 0; at < samples.length; at += size) {
    const frame = { samples: samples.slice(at, at + size), sampleRate }
    cut.push({ frame, words: at === 0 ? words : [] })
  }
  return { cut, endMillis: startMillis + (samples.length * 1000) / sampleRate }
}

/**
 * Flite: robotic, intelligible, 16 kHz, English, with exact word times. Marks are given for every word of the text between spaces, in
 * order. A text with nothing to say (an emoji) is answered with no audio.
 */
export const layer = (options: FliteOptions = {}): Layer.Layer<TextToSpeech, never, SynthesisEngine> =>
  Layer.effect(
    TextToSpeech,
    Effect.map(SynthesisEngine, (engine) => {
      const known = (voice: string | undefined) => voices.find((name) => name === voice)
      const ownVoice = known(options.voice) ?? "slt"
      return TextToSpeech.of({
        name: "embedded flite",
        voices,
        synthesize: ({ text, voice }) =>
          Stream.unwrap(
            Effect.map(engine.newStream, (stream) =>
              Stream.fromIterable(breaths(speakable(text))).pipe(
                Stream.mapEffect((parts) => {
                  const pieces = parts.map((part) => part.spoken).filter((piece) => piece !== "")
                  return Effect.map(engine.speak(stream, pieces, known(voice) ?? ownVoice), (spoken) => ({
                    parts,
                    spoken,
                  }))
                }),
                // The next breath is taken while this one is played.
                Stream.buffer({ capacity: 1 }),
                Stream.mapAccum(0, (startMillis, { parts, spoken }) => {
                  const { cut, endMillis } = chunks(parts, spoken, startMillis)
                  return [endMillis, cut]
                }),
                Stream.flattenIterables,
              ),
            ),
          ).pipe(Stream.withSpan("TextToSpeech.synthesize", { attributes: { provider: "embedded flite" } })),
      })
    }),
  )
