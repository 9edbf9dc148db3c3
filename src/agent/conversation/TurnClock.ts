import { Clock, Effect, Option } from "effect"
import type { TurnTimings } from "../../domain/analytics/Turn.ts"

export type Stage = keyof TurnTimings

/** When each stage of a turn was reached first, in milliseconds after `originMillis`. */
export const make = (originMillis: number) => {
  const marks = new Map<Stage, number>()
  const mark = (stage: Stage, atMillis: number) => {
    if (!marks.has(stage)) marks.set(stage, atMillis - originMillis)
  }
  const at = (stage: Stage) => Option.fromNullable(marks.get(stage))
  return {
    mark,
    now: (stage: Stage) => Effect.map(Clock.currentTimeMillis, (now) => mark(stage, now)),
    marked: (stage: Stage) => marks.has(stage),
    timings: (): TurnTimings => ({
      finalTranscript: at("finalTranscript"),
      endpoint: at("endpoint"),
      firstToken: at("firstToken"),
      firstSentence: at("firstSentence"),
      firstAudio: at("firstAudio"),
      playout: at("playout"),
    }),
  }
}
export type TurnClock = ReturnType<typeof make>
