import { Effect, Fiber } from "effect"

export interface WhenAsked {
  /** Its end is waited for. */
  readonly first: Effect.Effect<void>
  /** Asked once more while that goes on. */
  readonly again: Effect.Effect<void>
}

const names = ["SIGTERM", "SIGINT"] as const

/** Does something for each later signal of the system, until the scope closes. */
const onSignal = (act: Effect.Effect<void>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const listener = () => void Effect.runFork(act)
      for (const name of names) process.on(name, listener)
      return listener
    }),
    (listener) =>
      Effect.sync(() => {
        for (const name of names) process.off(name, listener)
      }),
  )

/**
 * The work until it ends by itself. The first signal interrupts this fiber, as it does every program of ours: then `first` is done
 * instead, to its end, and each further signal does `again`.
 */
export const untilAskedToEnd = <E>(work: Effect.Effect<void, E>, { again, first }: WhenAsked): Effect.Effect<void, E> =>
  Effect.onInterrupt(work, () =>
    Effect.gen(function* () {
      yield* onSignal(again)
      // In a fiber that is being interrupted nothing can be waited for with a bound.
      const drain = yield* Effect.forkDaemon(Effect.interruptible(first))
      yield* Fiber.join(drain)
    }).pipe(Effect.scoped),
  )
