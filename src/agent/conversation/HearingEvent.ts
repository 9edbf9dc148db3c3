import { Data } from "effect"
import type { ProviderError } from "../../domain/speech/ProviderError.ts"

/** Times are epoch milliseconds; segments count from 0. */
export type HearingEvent = Data.TaggedEnum<{
  SpeechStarted: { readonly at: number; readonly segment: number }
  /** Long enough to be meant. */
  SpeechConfirmed: { readonly at: number }
  SpeechEnded: { readonly at: number; readonly lastSoundAt: number }
  Partial: { readonly segment: number; readonly text: string }
  Final: { readonly segment: number; readonly text: string; readonly confidence: number }
  NotRecognised: { readonly segment: number; readonly error: ProviderError }
}>
export const HearingEvent = Data.taggedEnum<HearingEvent>()
