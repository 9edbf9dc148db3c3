import { Effect, Layer } from "effect"
import type { PcmFrame } from "../../domain/speech/PcmFrame.ts"
import { VoiceActivityDetector } from "../../domain/speech/VoiceActivityDetector.ts"

/** Any sound is speech. `windowSamples` at 16 kHz; 512 is what real detectors take. */
export const layer = (options: { readonly windowSamples: number }): Layer.Layer<VoiceActivityDetector> =>
  Layer.succeed(
    VoiceActivityDetector,
    VoiceActivityDetector.of({
      name: "scripted",
      windowSamples: options.windowSamples,
      open: Effect.succeed({
        accept: (window: PcmFrame) => Effect.sync(() => (window.samples.some((sample) => sample !== 0) ? 1 : 0)),
      }),
    }),
  )
