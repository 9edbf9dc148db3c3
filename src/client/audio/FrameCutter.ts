/** Cuts a run of float samples into frames of 16-bit little-endian PCM. A frame's buffer is new each time, so it can be handed over. */
export class FrameCutter {
  #frame: Int16Array<ArrayBuffer>
  #filled = 0
  readonly #frameSamples: number
  readonly #emit: (frame: Int16Array<ArrayBuffer>) => void

  constructor(frameSamples: number, emit: (frame: Int16Array<ArrayBuffer>) => void) {
    this.#frameSamples = frameSamples
    this.#emit = emit
    this.#frame = new Int16Array(frameSamples)
  }

  push(sample: number): void {
    this.#frame[this.#filled++] = Math.round(Math.max(-1, Math.min(1, sample)) * 32_767)
    if (this.#filled < this.#frameSamples) return
    this.#emit(this.#frame)
    this.#frame = new Int16Array(this.#frameSamples)
    this.#filled = 0
  }
}
