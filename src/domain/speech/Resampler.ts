import type { PcmFrame } from "./PcmFrame.ts"

/** Half the filter's length in input samples, at equal rates. 16 gives about 70 dB of stop band with this window. */
const halfTaps = 16
/** The filter is tabulated this finely between two input samples; the error is below 16-bit noise. */
const phases = 256

/** One phase of a low-pass at `cutoff` (1 = the input's Nyquist frequency) under a Blackman window. */
const filterRow = (cutoff: number, half: number, phase: number): Float32Array => {
  const row = new Float32Array(half * 2)
  let sum = 0
  for (let tap = 0; tap < row.length; tap++) {
    const x = tap - half + 1 - phase / phases
    const t = Math.PI * x * cutoff
    const sinc = x === 0 ? 1 : Math.sin(t) / t
    const w = (x + half) / (2 * half)
    const window = w <= 0 || w >= 1 ? 0 : 0.42 - 0.5 * Math.cos(2 * Math.PI * w) + 0.08 * Math.cos(4 * Math.PI * w)
    row[tap] = sinc * window
    sum += sinc * window
  }
  return row.map((value) => value / sum)
}

const clip = (value: number): number => Math.max(-32768, Math.min(32767, Math.round(value)))

/**
 * Converts a stream of frames to another rate: windowed-sinc interpolation. Keeps the last samples between frames, so that
 * borders are inaudible; `flush` gives what is still held. One instance a stream of one input rate.
 */
export const make = (inputRate: number, outputRate: number) => {
  const step = inputRate / outputRate
  const cutoff = Math.min(1, outputRate / inputRate)
  const half = Math.ceil(halfTaps / cutoff)
  /** Made when first used: common rates need two or three of them, and a sentence waits for what is made here. */
  const rows: Array<Float32Array | undefined> = Array.from({ length: phases + 1 })
  const rowOf = (phase: number): Float32Array => (rows[phase] ??= filterRow(cutoff, half, phase))
  /** Input not yet used up; begins with `half` samples of silence, so that the first output lies on the first input. */
  let held = new Float32Array(half)
  /** Where the next output lies, in samples from the beginning of `held`. */
  let position = half

  const push = (samples: Int16Array): PcmFrame => {
    const input = new Float32Array(held.length + samples.length)
    input.set(held)
    input.set(samples, held.length)
    // Adding up steps may come to one more than dividing says.
    const output = new Int16Array(Math.max(0, Math.ceil((input.length - half - position) / step)) + 1)
    let made = 0
    while (position + half < input.length) {
      const whole = Math.floor(position)
      const row = rowOf(Math.round((position - whole) * phases))
      let sum = 0
      for (let tap = 0; tap < half * 2; tap++) sum += (row[tap] ?? 0) * (input[whole - half + 1 + tap] ?? 0)
      output[made++] = clip(sum)
      position += step
    }
    const drop = Math.max(0, Math.floor(position) - half)
    held = input.slice(drop)
    position -= drop
    return { samples: output.slice(0, made), sampleRate: outputRate }
  }

  return {
    push: (frame: PcmFrame): PcmFrame => (inputRate === outputRate ? frame : push(frame.samples)),
    flush: (): PcmFrame =>
      inputRate === outputRate ? { samples: new Int16Array(0), sampleRate: outputRate } : push(new Int16Array(half)),
  }
}
export type Resampler = ReturnType<typeof make>
