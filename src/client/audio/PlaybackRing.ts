/** How much of a generation was played, in samples. */
export interface PlayedCount {
  readonly generation: number
  readonly samples: number
}

/**
 * The voice that has arrived and was not yet played, with the exact number of samples played of the current generation.
 * Bounded: what does not fit is dropped, newest first (the server sends at most 200 ms ahead, so this is never heard).
 */
export class PlaybackRing {
  readonly #samples: Float32Array
  #read = 0
  #held = 0
  #generation = -1
  #played = 0
  #last = 0

  constructor(capacitySamples: number) {
    this.#samples = new Float32Array(capacitySamples)
  }

  get held(): number {
    return this.#held
  }

  get count(): PlayedCount {
    return { generation: Math.max(0, this.#generation), samples: this.#played }
  }

  /** Takes a frame. One of an older generation is dropped; one of a newer one begins it. */
  push(generation: number, pcm: Int16Array): void {
    if (generation < this.#generation) return
    if (generation > this.#generation) this.begin(generation)
    const room = Math.min(pcm.length, this.#samples.length - this.#held)
    for (let i = 0; i < room; i++) {
      this.#samples[(this.#read + this.#held + i) % this.#samples.length] = (pcm[i] ?? 0) / 32_768
    }
    this.#held += room
  }

  /** Drops all that is held; from now on only this generation, or a newer one, is played. Answers how far the old one came. */
  begin(generation: number): PlayedCount {
    const before = this.count
    this.#generation = generation
    this.#held = 0
    this.#played = 0
    return before
  }

  /** Fills a block and answers how many samples of it were voice. After the last one the signal runs out within the block, without a click. */
  pull(block: Float32Array): number {
    const count = Math.min(block.length, this.#held)
    for (let i = 0; i < count; i++) block[i] = this.#samples[(this.#read + i) % this.#samples.length] ?? 0
    const from = count > 0 ? (block[count - 1] ?? 0) : this.#last
    const rest = block.length - count
    for (let i = 0; i < rest; i++) block[count + i] = from * (1 - (i + 1) / rest)
    this.#last = rest > 0 ? 0 : from
    this.#read = (this.#read + count) % this.#samples.length
    this.#held -= count
    this.#played += count
    return count
  }
}
