import { readFileSync } from "node:fs"
import { make } from "../../../src/domain/speech/Resampler.ts"

const wavHeaderBytes = 44

/** A plain 16 kHz mono WAV, without the silence around the voice, at 48 kHz. */
export const load = (file: string): Int16Array => {
  const bytes = readFileSync(file).subarray(wavHeaderBytes)
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)))
  const isVoice = (sample: number) => Math.abs(sample) > 1_500
  const voice = samples.slice(samples.findIndex(isVoice), samples.findLastIndex(isVoice) + 1)
  const resampler = make(16_000, 48_000)
  const begun = resampler.push({ samples: voice, sampleRate: 16_000 }).samples
  const rest = resampler.flush().samples
  const whole = new Int16Array(begun.length + rest.length)
  whole.set(begun)
  whole.set(rest, begun.length)
  return whole
}
