import { Console, Duration, Effect, Fiber } from "effect"

/** Nobody wonders before this. */
const patience = Duration.millis(300)

/** One line for a person who waits; stdout is for results. */
export const say = (line: string) => Console.error(`  ${line}`)

/** Says what is being done once it takes longer than a moment. */
export const explained =
  (line: string) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(
      Effect.fork(Effect.interruptible(Effect.zipRight(Effect.sleep(patience), say(`${line} ...`)))),
      () => work,
      Fiber.interrupt,
    )
