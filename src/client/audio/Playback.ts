import { Effect, type Scope } from "effect"
import { addWorklet, type AudioUnavailable, openAudioContext } from "./AudioContextScope.ts"
import { bundleWorklet } from "./bundleWorklet.ts" with { type: "macro" }
import { meterOf } from "./Level.ts"
import type { PlayedCount } from "./PlaybackRing.ts"
import type { PlaybackOrder } from "./PlaybackWorklet.ts"

const workletCode = bundleWorklet("PlaybackWorklet.ts")

/** The assistant's voice in this browser. */
export interface Playback {
  /** Plays after what is held. The frame's buffer is handed over. */
  readonly play: (generation: number, pcm: Int16Array<ArrayBuffer>) => void
  /** Drops what is held, at once. */
  readonly stop: (generation: number) => void
  /** How loud the voice is now, 0 to 1. */
  readonly level: () => number
}

/**
 * Opens the speaker at the server's sample rate: the browser's own resampler, which is a good one everywhere, fits it to the
 * device, and a sample counted here is a sample that the server sent.
 */
export const openPlayback = (
  sampleRate: number,
  onPlayed: (count: PlayedCount) => void,
): Effect.Effect<Playback, AudioUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* openAudioContext(sampleRate)
    yield* addWorklet(context, workletCode)
    const node = new AudioWorkletNode(context, "parley-playback", {
      numberOfInputs: 0,
      numberOfOutputs: 1,
      outputChannelCount: [1],
    })
    const analyser = new AnalyserNode(context, { fftSize: 1_024 })
    node.connect(analyser).connect(context.destination)
    node.port.addEventListener("message", (event: MessageEvent<PlayedCount>) => onPlayed(event.data))
    node.port.start()
    const order = (message: PlaybackOrder, transfer: Array<Transferable> = []) =>
      node.port.postMessage(message, transfer)
    return {
      play: (generation, pcm) => order({ _tag: "Frame", generation, pcm }, [pcm.buffer]),
      stop: (generation) => order({ _tag: "Stop", generation }),
      level: meterOf(analyser),
    }
  })
