import { inputSampleRate } from "../../domain/speech/PcmFrame.ts"

/** A blink of audio, over which loudness is judged. */
const blinkSamples = 0.03 * inputSampleRate
const stepSamples = 0.01 * inputSampleRate

const energy = (samples: Int16Array, from: number, to: number): number => {
  let sum = 0
  for (let index = from; index < to; index++) sum += (samples[index] ?? 0) ** 2
  return sum / Math.max(1, to - from)
}

/** The middle of the quietest 30 ms between two places. */
export const quietestPlace = (samples: Int16Array, from: number, to: number): number => {
  let best = { at: to, energy: Number.POSITIVE_INFINITY }
  for (let start = from; start + blinkSamples <= to; start += stepSamples) {
    const here = energy(samples, start, start + blinkSamples)
    if (here < best.energy) best = { at: start + blinkSamples / 2, energy: here }
  }
  return best.at
}

/** The root mean square of the loudest 30 ms, 0 to 1. */
export const loudest = (samples: Int16Array): number => {
  let most = 0
  for (let start = 0; start < samples.length; start += blinkSamples) {
    most = Math.max(most, energy(samples, start, Math.min(samples.length, start + blinkSamples)))
  }
  return Math.sqrt(most) / 32_768
}

/** Audio that grows at its end and is taken from its beginning. */
export class SpeechBuffer {
  #samples = new Int16Array(4 * inputSampleRate)
  #length = 0

  get length(): number {
    return this.#length
  }

  append(samples: Int16Array): void {
    const needed = this.#length + samples.length
    if (needed > this.#samples.length) {
      const larger = new Int16Array(Math.max(needed, 2 * this.#samples.length))
      larger.set(this.#samples.subarray(0, this.#length))
      this.#samples = larger
    }
    this.#samples.set(samples, this.#length)
    this.#length = needed
  }

  /** A copy of all that is there. */
  snapshot(): Int16Array {
    return this.#samples.slice(0, this.#length)
  }

  /** A copy of the first `count` samples, which are gone from here then. */
  take(count: number): Int16Array {
    const taken = this.#samples.slice(0, count)
    this.#samples.copyWithin(0, count, this.#length)
    this.#length -= taken.length
    return taken
  }
}
