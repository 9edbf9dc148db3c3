import { Option } from "effect"
import type { TurnTimings } from "../../domain/analytics/Turn.ts"

/** One stage of an answer: it began when the stage before it was reached. Milliseconds after the person's last sound. */
export interface Stage {
  readonly key: keyof TurnTimings
  readonly label: string
  readonly from: number
  readonly to: number
}

export interface Latency {
  /** In the order in which they were reached. */
  readonly stages: ReadonlyArray<Stage>
  /** The person's last sound to the first sound of the answer; None: there was none. */
  readonly firstSound: Option.Option<number>
}

const labels: ReadonlyArray<readonly [keyof TurnTimings, string]> = [
  ["endpoint", "Endpoint"],
  ["finalTranscript", "Transcript"],
  ["firstToken", "First token"],
  ["firstSentence", "First sentence"],
  ["firstAudio", "First audio"],
  ["playout", "Playout"],
]

/** What a person waited for, stage by stage. */
export const latencyOf = (timings: TurnTimings): Latency => {
  const reached = labels
    .flatMap(([key, label]) => Option.toArray(timings[key]).map((to) => ({ key, label, to: Math.max(0, to) })))
    .sort((a, b) => a.to - b.to)
  return {
    stages: reached.map((stage, index) => ({ ...stage, from: reached[index - 1]?.to ?? 0 })),
    firstSound: Option.orElse(timings.playout, () => timings.firstAudio),
  }
}

/** 0.62 s */
export const secondsText = (millis: number): string => `${(millis / 1_000).toFixed(2)} s`
