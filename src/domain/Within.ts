import { type Duration, Effect, Fiber, type Option } from "effect"

/**
 * Waits for work at most so long; none: it had not ended, and is left to itself. Unlike a plain timeout this also holds in finalizers,
 * where nothing can be interrupted and a timeout would never lapse, and in a fiber that is being interrupted, where
 * anything interruptible would end at once.
 */
export const within =
  (duration: Duration.DurationInput) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<Option.Option<A>, E, R> =>
    work.pipe(
      Effect.disconnect,
      Effect.timeoutOption(duration),
      Effect.interruptible,
      Effect.forkDaemon,
      Effect.flatMap(Fiber.join),
    )
