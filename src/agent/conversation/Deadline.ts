import { Cause, Clock, Effect, type Fiber, type Scope } from "effect"

interface Running {
  readonly sinceMillis: number
  readonly giveUp: () => void
}

/**
 * `Effect.timeout` for calls that are made many times a second, one at a time: all of them share one timer, which is most of what
 * a short call with a timeout costs. A call that is given up is interrupted, but not waited for.
 */
export const make = (
  millisMax: number,
): Effect.Effect<
  <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | Cause.TimeoutException, R>,
  never,
  Scope.Scope
> =>
  Effect.gen(function* () {
    let running: Running | undefined

    const watch = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const left = (running?.sinceMillis ?? now) + millisMax - now
      if (left <= 0) running?.giveUp()
      yield* Effect.sleep(left <= 0 ? millisMax : left)
    })
    yield* Effect.forkScoped(Effect.forever(watch))

    const outcome = <A, E>(fiber: Fiber.RuntimeFiber<A, E>, sinceMillis: number) =>
      Effect.async<A, E | Cause.TimeoutException>((resume) => {
        const settle = (result: Effect.Effect<A, E | Cause.TimeoutException>) => {
          if (running === mine) running = undefined
          resume(result)
        }
        const mine: Running = {
          sinceMillis,
          giveUp: () => {
            fiber.unsafeInterruptAsFork(fiber.id())
            settle(Effect.fail(new Cause.TimeoutException(`no answer within ${millisMax} ms`)))
          },
        }
        running = mine
        fiber.addObserver(settle)
        return Effect.sync(() => {
          if (running === mine) running = undefined
          fiber.unsafeInterruptAsFork(fiber.id())
        })
      })

    return (work) =>
      Effect.flatMap(Effect.fork(work), (fiber) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => outcome(fiber, now)),
      )
  })
