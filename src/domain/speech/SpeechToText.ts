import { Context, Data, type Stream } from "effect"
import type { PcmFrame } from "./PcmFrame.ts"
import type { ProviderError } from "./ProviderError.ts"

/**
 * `Partial`: what the recogniser believes now; each replaces the one before it.
 * `Final`: will not change any more; several finals of one segment follow each other and are joined with a space.
 */
export type TranscriptEvent = Data.TaggedEnum<{
  Partial: { readonly text: string }
  Final: { readonly text: string; readonly confidence: number }
}>
export const TranscriptEvent = Data.taggedEnum<TranscriptEvent>()

export interface TranscribeOptions {
  /** BCP 47. */
  readonly language: string
}

/**
 * Turns speech into text, a segment at a time: from the moment when the detector hears a voice (with some
 * audio from before it) to the pause after it.
 *
 * The audio stream ends where the segment ends; the answer must then end after its last `Final` (an empty text when
 * nothing was said), or fail. An answer that ends without a `Final` is `Truncated`. Interrupting the stream lets go
 * of everything within 20 ms.
 */
export class SpeechToText extends Context.Tag("parley/domain/speech/SpeechToText")<
  SpeechToText,
  {
    readonly name: string
    readonly transcribe: (
      audio: Stream.Stream<PcmFrame>,
      options: TranscribeOptions,
    ) => Stream.Stream<TranscriptEvent, ProviderError>
  }
>() {}
