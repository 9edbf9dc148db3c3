import { Effect } from "effect"

/** The ids of events that came within the time in which one may come again. */
export interface SeenEvents {
  /** Whether it is new; from now on it is not. What came before `oldestMillis` may be forgotten. Times are epoch milliseconds. */
  readonly isNew: (id: string, nowMillis: number, oldestMillis: number) => Effect.Effect<boolean>
}

/** Remembers at most `eventsMax` ids; with more within the time, the oldest is forgotten. */
export const make = (eventsMax: number): Effect.Effect<SeenEvents> =>
  Effect.sync(() => {
    // Iterated in the order of arrival.
    const arrivals = new Map<string, number>()
    return {
      isNew: (id, nowMillis, oldestMillis) =>
        Effect.sync(() => {
          if (arrivals.has(id)) return false
          arrivals.set(id, nowMillis)
          for (const [oldId, arrivedMillis] of arrivals) {
            if (arrivals.size <= eventsMax && arrivedMillis >= oldestMillis) break
            arrivals.delete(oldId)
          }
          return true
        }),
    }
  })
