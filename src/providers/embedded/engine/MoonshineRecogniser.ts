import { OfflineRecognizer } from "sherpa-onnx-node"
import type { Decoded } from "../EngineProtocol.ts"

const sampleRate = 16_000
/**
 * Moonshine is touchy about what surrounds speech: with nothing it swallows first and last words, with a second of quiet (digital
 * silence or a room's noise) it often writes nothing at all. So what is quieter than the voice is cut off at both ends but for a
 * margin, and a little silence is put around the rest. Word errors on 12 recordings of people, with 0.3 s of padding only and this
 * way: 40 and 2 % with 1 s of digital silence before and 0.7 s after them, 18 and 3 % with 0.4 and 0.7 s and noise at -50 dBFS.
 */
const paddingSamples = 0.1 * sampleRate
/** What is left of quiet at both ends, since words begin and end softly. */
const marginSamples = 0.15 * sampleRate
/** The voice, beside its loudest 20 ms: 23 dB below. */
const voiceShare = 0.07
/** -50 dBFS: below it nothing is a voice. */
const voiceLevelMin = 0.003
const blockSamples = 0.02 * sampleRate

export interface RecogniserFiles {
  readonly encoder: string
  readonly decoder: string
  readonly tokens: string
}

export interface MoonshineRecogniser {
  readonly decode: (samples: Int16Array) => Promise<Decoded>
}

/** Root mean squares of the whole blocks, 0 to 1. */
const levels = (samples: Int16Array): ReadonlyArray<number> =>
  Array.from({ length: Math.floor(samples.length / blockSamples) }, (_, index) => {
    let sum = 0
    for (const sample of samples.subarray(index * blockSamples, (index + 1) * blockSamples)) sum += sample * sample
    return Math.sqrt(sum / blockSamples) / 32_768
  })

/** Without what is quieter than the voice at both ends. */
const trimmed = (samples: Int16Array): Int16Array => {
  const blocks = levels(samples)
  const threshold = Math.max(voiceLevelMin, voiceShare * Math.max(0, ...blocks))
  const first = blocks.findIndex((level) => level > threshold)
  if (first < 0) return samples
  const last = blocks.findLastIndex((level) => level > threshold)
  return samples.subarray(
    Math.max(0, first * blockSamples - marginSamples),
    Math.min(samples.length, (last + 1) * blockSamples + marginSamples),
  )
}

const padded = (samples: Int16Array): Float32Array => {
  const wave = new Float32Array(samples.length + 2 * paddingSamples)
  for (let index = 0; index < samples.length; index++) wave[paddingSamples + index] = (samples[index] ?? 0) / 32_768
  return wave
}

/** One core; decoding runs beside the JavaScript thread, which goes on answering for the voice detector. */
export const openRecogniser = async (files: RecogniserFiles): Promise<MoonshineRecogniser> => {
  const recogniser = await OfflineRecognizer.createAsync({
    featConfig: { sampleRate, featureDim: 80 },
    modelConfig: {
      moonshine: { encoder: files.encoder, mergedDecoder: files.decoder },
      tokens: files.tokens,
      numThreads: 1,
      provider: "cpu",
      debug: 0,
    },
  })
  const decode = async (samples: Int16Array): Promise<Decoded> => {
    const stream = recogniser.createStream()
    stream.acceptWaveform({ samples: padded(trimmed(samples)), sampleRate })
    const { text, tokens } = await recogniser.decodeAsync(stream)
    return { text: text.trim(), tokenCount: tokens.length }
  }
  return { decode }
}
