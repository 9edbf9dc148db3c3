/** Frames that wait here at most: one second of speech. */
export const waitingFramesMax = 50
/** With more than this in the socket's own buffer (a quarter of a second) the network is behind, and frames wait here, where they can be dropped. */
export const bufferedBytesMax = 8_000

interface Sink {
  readonly bufferedAmount: () => number
  readonly send: (frame: ArrayBuffer) => void
}

/** The way of the microphone's frames to the socket. Bounded: behind a slow network the oldest are dropped. */
export class AudioSendQueue {
  readonly #waiting: Array<ArrayBuffer> = []
  #dropped = 0

  get dropped(): number {
    return this.#dropped
  }

  /** Takes a frame and sends what the network takes now. */
  offer(frame: ArrayBuffer, sink: Sink): void {
    this.#waiting.push(frame)
    if (this.#waiting.length > waitingFramesMax) {
      this.#waiting.shift()
      this.#dropped++
    }
    while (this.#waiting.length > 0 && sink.bufferedAmount() < bufferedBytesMax) {
      const next = this.#waiting.shift()
      if (next !== undefined) sink.send(next)
    }
  }

  clear(): void {
    this.#waiting.length = 0
  }
}
