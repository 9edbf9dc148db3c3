import { Effect, type Scope } from "effect"
import { addWorklet, type AudioUnavailable } from "./AudioContextScope.ts"
import { bundleWorklet } from "./bundleWorklet.ts" with { type: "macro" }
import type { Microphone } from "./Microphone.ts"

const workletCode = bundleWorklet("CaptureWorklet.ts")

/** Hands over what a microphone hears, resampled by our worklet: frames of 20 ms, 16 kHz mono, 16-bit, until the scope closes. */
export const captureFrames = (
  { source }: Microphone,
  onFrame: (pcm: ArrayBuffer) => void,
): Effect.Effect<void, AudioUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const { context } = source
    yield* addWorklet(context, workletCode)
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        const node = new AudioWorkletNode(context, "parley-capture", { numberOfInputs: 1, numberOfOutputs: 1 })
        node.port.addEventListener("message", (event: MessageEvent<ArrayBuffer>) => onFrame(event.data))
        node.port.start()
        // The output is silent; Safari runs only what leads to the destination.
        source.connect(node).connect(context.destination)
        return node
      }),
      (node) =>
        Effect.sync(() => {
          node.port.close()
          node.disconnect()
        }),
    )
  })
