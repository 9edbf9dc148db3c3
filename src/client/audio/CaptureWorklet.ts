import { FrameCutter } from "./FrameCutter.ts"
import { Resampler } from "./Resampler.ts"

// The scope of audio worklets is not part of TypeScript's libraries.
declare const sampleRate: number
declare const registerProcessor: (name: string, processor: new () => AudioWorkletProcessor) => void
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort
}

const uplinkRate = 16_000
/** 20 ms. */
const frameSamples = 320

/** Listens to its input and posts frames of 20 ms, 16 kHz mono, 16-bit. Its output stays silent. */
class Capture extends AudioWorkletProcessor {
  readonly #resampler = new Resampler(sampleRate, uplinkRate)
  readonly #frames = new FrameCutter(frameSamples, (frame) => this.port.postMessage(frame.buffer, [frame.buffer]))
  readonly #push = (sample: number): void => this.#frames.push(sample)

  process(inputs: ReadonlyArray<ReadonlyArray<Float32Array>>): boolean {
    const channel = inputs[0]?.[0]
    if (channel !== undefined) this.#resampler.process(channel, this.#push)
    return true
  }
}

registerProcessor("parley-capture", Capture)
