import { Context, type Effect, type Scope } from "effect"
import type { PcmFrame } from "./PcmFrame.ts"
import type { ProviderError } from "./ProviderError.ts"

/** The state of one person's audio; frames of one session are given in order, one at a time. */
export interface VadSession {
  /** How likely it is, 0 to 1, that this window holds speech. Detectors that only decide answer 0 or 1. */
  readonly accept: (window: PcmFrame) => Effect.Effect<number, ProviderError>
}

/** Tells speech from everything else. */
export class VoiceActivityDetector extends Context.Tag("parley/domain/speech/VoiceActivityDetector")<
  VoiceActivityDetector,
  {
    readonly name: string
    /** Every window must have exactly this many samples at 16 kHz. */
    readonly windowSamples: number
    readonly open: Effect.Effect<VadSession, ProviderError, Scope.Scope>
  }
>() {}
