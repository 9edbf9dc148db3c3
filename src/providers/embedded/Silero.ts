import { Effect, Layer } from "effect"
import { VoiceActivityDetector } from "../../domain/speech/VoiceActivityDetector.ts"
import { RecognitionEngine } from "./RecognitionEngine.ts"

/** 32 ms at 16 kHz, the only window that Silero v5 takes. */
export const windowSamples = 512

/**
 * Silero v5, one probability a window, as the model gives it: hysteresis and durations are the conversation's. After a crash of
 * the engine a session goes on by itself with an empty memory, which the model fills within a few windows.
 */
export const layer: Layer.Layer<VoiceActivityDetector, never, RecognitionEngine> = Layer.effect(
  VoiceActivityDetector,
  Effect.map(RecognitionEngine, (engine) =>
    VoiceActivityDetector.of({ name: "embedded silero v5", windowSamples, open: engine.openDetector }),
  ),
)
