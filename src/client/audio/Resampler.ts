/** Zero crossings of the sinc on each side. 24 with the window below: flat to 6.5 kHz, 80 dB down at 8 kHz for a 16 kHz output. */
const zeroCrossings = 24
const kaiserBeta = 8
/** The cut-off as a share of the lower of both Nyquist rates: the transition ends where aliasing would begin. */
const cutoffShare = 0.9

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

/** Modified Bessel function of the first kind, order 0, by its power series. */
const besselI0 = (x: number): number => {
  let sum = 1
  let term = 1
  for (let k = 1; k < 32; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

/**
 * Changes the sample rate of a mono signal by a rational factor: a Kaiser-windowed sinc in polyphase form, one table row a
 * phase (J. O. Smith, "Digital Audio Resampling"). Keeps its state between blocks; adds `taps / 2` input samples of delay
 * (1.7 ms from 48 kHz).
 */
export class Resampler {
  readonly #up: number
  readonly #down: number
  readonly #taps: number
  readonly #table: Float32Array
  /** Every sample is written twice, `taps` apart, so that the newest `taps` samples always lie in one piece. */
  readonly #history: Float32Array
  #at = 0
  #phase = 0

  constructor(inputRate: number, outputRate: number) {
    const divisor = gcd(inputRate, outputRate)
    this.#up = outputRate / divisor
    this.#down = inputRate / divisor
    const cutoff = 0.5 * Math.min(1, outputRate / inputRate) * cutoffShare
    const half = Math.ceil(zeroCrossings / (2 * cutoff))
    this.#taps = 2 * half
    this.#table = new Float32Array(this.#up * this.#taps)
    this.#history = new Float32Array(2 * this.#taps)
    for (let phase = 0; phase < this.#up; phase++) {
      let sum = 0
      for (let k = 0; k < this.#taps; k++) {
        const x = k + phase / this.#up - half + 0.5
        const edge = Math.min(1, Math.abs(x) / half)
        const value = sinc(2 * cutoff * x) * besselI0(kaiserBeta * Math.sqrt(1 - edge * edge))
        this.#table[phase * this.#taps + k] = value
        sum += value
      }
      // Each phase alone passes a constant unchanged: no ripple at the phase rate.
      for (let k = 0; k < this.#taps; k++) this.#table[phase * this.#taps + k] = this.#at0(phase, k) / sum
    }
  }

  #at0(phase: number, k: number): number {
    return this.#table[phase * this.#taps + k] ?? 0
  }

  /** Hands each output sample to `emit`, in order. */
  process(input: Float32Array, emit: (sample: number) => void): void {
    for (const sample of input) {
      this.#at = this.#at === 0 ? this.#taps - 1 : this.#at - 1
      this.#history[this.#at] = sample
      this.#history[this.#at + this.#taps] = sample
      for (; this.#phase < this.#up; this.#phase += this.#down) emit(this.#filtered())
      this.#phase -= this.#up
    }
  }

  #filtered(): number {
    const row = this.#phase * this.#taps
    let sum = 0
    for (let k = 0; k < this.#taps; k++) sum += (this.#table[row + k] ?? 0) * (this.#history[this.#at + k] ?? 0)
    return sum
  }
}
