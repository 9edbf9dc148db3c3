import { Clock, Duration, Effect } from "effect"

/** How often the clock looks whether it can go on, in real time. */
const tickMillis = 1
/** Time never goes faster than this many milliseconds a tick, so that work that nobody counted keeps its deadlines. */
const leapMillisMax = 20
/** While a recogniser listens, which works beside the audio: partials come about as often as they do in real time. */
const leapMillisListening = 4

interface Sleeper {
  readonly atMillis: number
  readonly wake: () => void
}

/**
 * A clock that skips waiting. While something is at work (`whileWorking`) it runs as a real clock does, so that what work takes is
 * measured as it is and deadlines hold; while everything only waits it goes on to the next moment at which something is due.
 */
export const make = Effect.gen(function* () {
  const real = Clock.make()
  const sleepers = new Set<Sleeper>()
  let working = 0
  let listening = 0
  let millis = real.unsafeCurrentTimeMillis()
  let tickedNanos = real.unsafeCurrentTimeNanos()

  const sinceTick = () => Number(real.unsafeCurrentTimeNanos() - tickedNanos) / 1e6
  const now = () => (working > 0 ? millis + sinceTick() : millis)

  /** Moves what is certain by now into `millis`, so that a change of speed counts from here. */
  const settle = () => {
    millis = now()
    tickedNanos = real.unsafeCurrentTimeNanos()
  }

  const tick = Effect.sync(() => {
    if (working === 0) {
      const next = Math.min(
        ...Array.from(sleepers, ({ atMillis }) => atMillis),
        millis + (listening > 0 ? leapMillisListening : leapMillisMax),
      )
      millis = Math.max(millis, next)
    }
    settle()
    for (const sleeper of Array.from(sleepers).sort((a, b) => a.atMillis - b.atMillis))
      if (sleeper.atMillis <= millis && sleepers.delete(sleeper)) sleeper.wake()
  })
  yield* tick.pipe(Effect.zipRight(real.sleep(Duration.millis(tickMillis))), Effect.forever, Effect.forkScoped)

  const enter = Effect.sync(() => {
    settle()
    working++
  })
  const leave = Effect.sync(() => {
    settle()
    working--
  })

  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => Math.floor(now()),
    unsafeCurrentTimeNanos: () => BigInt(Math.floor(now() * 1e6)),
    currentTimeMillis: Effect.sync(() => Math.floor(now())),
    currentTimeNanos: Effect.sync(() => BigInt(Math.floor(now() * 1e6))),
    sleep: (duration) =>
      Effect.async<void>((resume) => {
        const sleeper: Sleeper = { atMillis: now() + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        sleepers.add(sleeper)
        return Effect.sync(() => void sleepers.delete(sleeper))
      }),
  }
  return {
    clock,
    enter,
    leave,
    /** Time goes slower, yet faster than a real clock's, until the scope closes. */
    whileListening: Effect.acquireRelease(
      Effect.sync(() => void listening++),
      () => Effect.sync(() => void listening--),
    ),
    /** The clock is a real one for as long as this takes. */
    whileWorking: <A, E, R>(work: Effect.Effect<A, E, R>) =>
      Effect.acquireUseRelease(
        enter,
        () => work,
        () => leave,
      ),
  }
})

export type HurriedClock = Effect.Effect.Success<typeof make>
