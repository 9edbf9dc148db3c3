import { Effect } from "effect"

/** Wakes fibers that wait for a condition over state which a socket's callbacks change. */
export interface Signal {
  /** Call it after each change of the state. */
  readonly notify: () => void
  /** Returns as soon as the condition holds; checking and waiting are one step, so that no change is missed. */
  readonly until: (condition: () => boolean) => Effect.Effect<void>
}

export const make = (): Signal => {
  const waiting = new Set<() => void>()
  return {
    notify: () => {
      for (const check of waiting) check()
    },
    until: (condition) =>
      Effect.async((resume) => {
        if (condition()) return resume(Effect.void)
        const check = () => {
          if (!condition()) return
          waiting.delete(check)
          resume(Effect.void)
        }
        waiting.add(check)
        return Effect.sync(() => waiting.delete(check))
      }),
  }
}
