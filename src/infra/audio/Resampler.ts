/** Zero crossings of the windowed sinc on each side; 16 keeps aliases below -70 dB. */
const zeroCrossings = 16
/** How much of the band is kept; the rest is where the filter falls off. */
const passband = 0.94
/** Ratios with more phases than this take the nearest one, an error of less than -60 dB. */
const phasesMax = 1024

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

const windowedSinc = (x: number, cutoff: number, halfWidth: number): number => {
  if (Math.abs(x) >= halfWidth) return 0
  const angle = Math.PI * x * cutoff
  const sinc = x === 0 ? 1 : Math.sin(angle) / angle
  const phase = (Math.PI * x) / halfWidth
  return cutoff * sinc * (0.42 + 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase))
}

/** One filter a phase: `taps` coefficients, made to sum up to one so that loudness stays. */
const filterBank = (phases: number, cutoff: number, halfWidth: number, taps: number): Float64Array => {
  const bank = new Float64Array(phases * taps)
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const value = windowedSinc(tap - taps / 2 + 1 - phase / phases, cutoff, halfWidth)
      bank[phase * taps + tap] = value
      sum += value
    }
    for (let tap = 0; tap < taps; tap++) bank[phase * taps + tap] = (bank[phase * taps + tap] ?? 0) / sum
  }
  return bank
}

export interface Resampler {
  /** Takes samples of -1 to 1; answers those of the new rate that are certain by now. */
  readonly push: (samples: Float64Array) => Float64Array
  /** The rest, after the last sample. */
  readonly end: () => Float64Array
}

/**
 * Changes the sample rate of a mono signal, a piece at a time, with a polyphase windowed sinc (Blackman).
 * The output is as long as the input, rounded down, and not delayed. It holds state: one signal each.
 */
export const make = (fromRate: number, toRate: number): Resampler => {
  if (fromRate === toRate) return { push: (samples) => samples, end: () => new Float64Array(0) }
  const divisor = greatestCommonDivisor(fromRate, toRate)
  const [up, down] = [toRate / divisor, fromRate / divisor]
  const phases = Math.min(up, phasesMax)
  const cutoff = Math.min(1, toRate / fromRate) * passband
  const half = Math.ceil(zeroCrossings / cutoff)
  const taps = half * 2
  const bank = filterBank(phases, cutoff, half, taps)
  let pending = new Float64Array(half - 1)
  /** Where `pending` begins, in input samples; silence comes before the first. */
  let offset = 1 - half
  let received = 0
  let produced = 0

  const advance = (samples: Float64Array, outputsMax: number): Float64Array => {
    const held = new Float64Array(pending.length + samples.length)
    held.set(pending)
    held.set(samples, pending.length)
    const usable = Math.floor(((offset + held.length - half - 1) * up) / down) + 1
    const outputs = new Float64Array(Math.max(0, Math.min(usable, outputsMax) - produced))
    for (let index = 0; index < outputs.length; index++, produced++) {
      const position = produced * down
      const whole = Math.floor(position / up)
      const nearest = Math.round(((position - whole * up) / up) * phases)
      const carried = nearest === phases ? 1 : 0
      const filter = (carried === 1 ? 0 : nearest) * taps
      const start = whole + carried - half + 1 - offset
      let sum = 0
      for (let tap = 0; tap < taps; tap++) sum += (held[start + tap] ?? 0) * (bank[filter + tap] ?? 0)
      outputs[index] = sum
    }
    const keepFrom = Math.max(0, Math.min(held.length, Math.floor((produced * down) / up) - half + 1 - offset))
    pending = held.slice(keepFrom)
    offset += keepFrom
    return outputs
  }

  return {
    push: (samples) => {
      received += samples.length
      return advance(samples, Number.POSITIVE_INFINITY)
    },
    end: () => advance(new Float64Array(taps + 2), Math.floor((received * up) / down)),
  }
}
