import { Cause, Clock, Duration, Effect, Exit, type Scheduler } from "effect"

interface Sleeper {
  readonly dueMillis: number
  readonly order: number
  readonly wake: () => void
}

/**
 * Runs an effect on a clock of its own, which jumps to the next sleeper as soon as nothing else can run. Hours pass in milliseconds
 * and always the same way: there are no timers, so nothing depends on the machine. What waits for real I/O cannot run here.
 */
export const runVirtual = <A, E>(effect: Effect.Effect<A, E>, startMillis = 1_767_225_600_000): Exit.Exit<A, E> => {
  let now = startMillis
  let order = 0
  const sleepers: Array<Sleeper> = []
  const tasks: Array<() => void> = []

  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => now,
    unsafeCurrentTimeNanos: () => BigInt(now) * 1_000_000n,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanos: Effect.sync(() => BigInt(now) * 1_000_000n),
    sleep: (duration) =>
      Effect.async<void>((resume) => {
        // Real clocks tell whole milliseconds, and never wake too early.
        const millis = Math.ceil(Duration.toMillis(duration))
        if (!Number.isFinite(millis)) return
        const sleeper = { dueMillis: now + millis, order: order++, wake: () => resume(Effect.void) }
        sleepers.push(sleeper)
        return Effect.sync(() => {
          const index = sleepers.indexOf(sleeper)
          if (index >= 0) sleepers.splice(index, 1)
        })
      }),
  }
  const scheduler: Scheduler.Scheduler = {
    shouldYield: () => false,
    scheduleTask: (task) => void tasks.push(task),
  }

  const fiber = Effect.runFork(Effect.withClock(effect, clock), { scheduler })
  let exit: Exit.Exit<A, E> | undefined
  fiber.addObserver((result) => {
    exit = result
  })
  for (;;) {
    if (exit !== undefined) return exit
    const task = tasks.shift()
    if (task !== undefined) {
      task()
      continue
    }
    let next: Sleeper | undefined
    for (const sleeper of sleepers) {
      if (
        next === undefined ||
        sleeper.dueMillis < next.dueMillis ||
        (sleeper.dueMillis === next.dueMillis && sleeper.order < next.order)
      )
        next = sleeper
    }
    if (next === undefined) return Exit.die(new Error("everything waits, and nothing is due"))
    sleepers.splice(sleepers.indexOf(next), 1)
    now = next.dueMillis
    next.wake()
  }
}

/** The value, or the failure as an exception with its whole cause. */
export const getVirtual = <A, E>(effect: Effect.Effect<A, E>): A =>
  Exit.getOrElse(runVirtual(effect), (cause) => {
    throw new Error(Cause.pretty(cause))
  })
