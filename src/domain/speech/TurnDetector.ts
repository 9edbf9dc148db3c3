import { Context, type Effect } from "effect"
import type { PcmFrame } from "./PcmFrame.ts"
import type { ProviderError } from "./ProviderError.ts"

export interface TurnSoFar {
  /** All that the person has said since the assistant's last word. */
  readonly transcript: string
  /** BCP 47. */
  readonly language: string
  /** The newest audio of the turn, at most 8 s at 16 kHz; models that listen use it. */
  readonly audio: () => PcmFrame
}

/** Judges whether a person who fell silent has finished or only paused. */
export class TurnDetector extends Context.Tag("parley/domain/speech/TurnDetector")<
  TurnDetector,
  {
    readonly name: string
    /** How likely it is, 0 to 1, that the turn is over. */
    readonly finished: (turn: TurnSoFar) => Effect.Effect<number, ProviderError>
  }
>() {}
