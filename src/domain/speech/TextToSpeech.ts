import { Context, type Stream } from "effect"
import type { PcmFrame } from "./PcmFrame.ts"
import type { ProviderError } from "./ProviderError.ts"

/**
 * Where a word of the requested text lies in its audio, in milliseconds from the first sample. A provider that gives marks gives one
 * for every word (between white space) of the text, in order.
 */
export interface WordMark {
  readonly word: string
  readonly startMillis: number
  readonly endMillis: number
}

export interface SpeechChunk {
  readonly frame: PcmFrame
  /** Marks known by now that were not given before; vendors without word times give none. */
  readonly words: ReadonlyArray<WordMark>
}

export interface SynthesizeRequest {
  /** One sentence or so; never empty. */
  readonly text: string
  /** BCP 47. */
  readonly language: string
  /** The provider's own name for a voice; it takes its default when this is missing or unknown. */
  readonly voice?: string
}

/**
 * Speaks a text. Chunks are at most 100 ms long, all of one sample rate, and come as soon as they are there.
 * Interrupting the stream lets go of everything within 20 ms.
 */
export class TextToSpeech extends Context.Tag("parley/domain/speech/TextToSpeech")<
  TextToSpeech,
  {
    readonly name: string
    readonly voices: ReadonlyArray<string>
    readonly synthesize: (request: SynthesizeRequest) => Stream.Stream<SpeechChunk, ProviderError>
  }
>() {}
