import type { EndpointingSettings } from "./ConversationSettings.ts"

/** Pauses within turns of one person: how long they were when the person then went on. */
export interface Pauses {
  readonly meanMillis: number
}
export const noPauses: Pauses = { meanMillis: 0 }

/** The newest pause counts a third: a person who begins to think aloud is waited for from the second time on. */
export const learn = (pauses: Pauses, millis: number): Pauses => ({
  meanMillis: pauses.meanMillis === 0 ? millis : pauses.meanMillis + (millis - pauses.meanMillis) / 3,
})

/** A person's own pauses are waited out unless the words are as finished as words can be. */
const certain = 0.85
const pauseFactor = 1.25

/**
 * How long to wait after the last sound, in milliseconds. Falls with the square of the doubt, from the maximum (surely
 * not finished) to the minimum (surely finished), and never leaves these bounds.
 */
export const delayMillis = (finished: number, pauses: Pauses, settings: EndpointingSettings): number => {
  const { delayMillisMax, delayMillisMin } = settings
  const doubt = 1 - Math.min(1, Math.max(0, finished))
  const byWords = delayMillisMin + (delayMillisMax - delayMillisMin) * doubt * doubt
  const byHabit = finished >= certain ? 0 : pauses.meanMillis * pauseFactor
  return Math.round(Math.min(delayMillisMax, Math.max(delayMillisMin, byWords, byHabit)))
}
