import { PlaybackRing } from "./PlaybackRing.ts"

// The scope of audio worklets is not part of TypeScript's libraries.
declare const sampleRate: number
declare const registerProcessor: (name: string, processor: new () => AudioWorkletProcessor) => void
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort
}

const capacitySeconds = 10
const reportEverySeconds = 0.05

/** To the worklet: a frame of the voice, or the beginning of a new generation. */
export type PlaybackOrder =
  | { readonly _tag: "Frame"; readonly generation: number; readonly pcm: Int16Array<ArrayBuffer> }
  | { readonly _tag: "Stop"; readonly generation: number }

/** Plays what is posted to it, and posts a `PlayedCount` every 50 ms while playing, when it runs out, and on a stop. */
class Playback extends AudioWorkletProcessor {
  readonly #ring = new PlaybackRing(capacitySeconds * sampleRate)
  #unreported = 0

  constructor() {
    super()
    this.port.addEventListener("message", (event: MessageEvent<PlaybackOrder>) => this.#take(event.data))
    this.port.start()
  }

  #take(order: PlaybackOrder): void {
    if (order._tag === "Frame") return this.#ring.push(order.generation, order.pcm)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
    this.port.postMessage(this.#ring.begin(order.generation))
    this.#unreported = 0
  }

  process(_inputs: unknown, outputs: ReadonlyArray<ReadonlyArray<Float32Array>>): boolean {
    const block = outputs[0]?.[0]
    if (block === undefined) return true
    this.#unreported += this.#ring.pull(block)
    const due = this.#unreported >= reportEverySeconds * sampleRate || this.#ring.held === 0
    if (this.#unreported > 0 && due) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has no origin
      this.port.postMessage(this.#ring.count)
      this.#unreported = 0
    }
    return true
  }
}

registerProcessor("parley-playback", Playback)
