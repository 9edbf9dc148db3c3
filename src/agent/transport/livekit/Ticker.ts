import { Clock, Effect, type Scope } from "effect"
import * as Signal from "../Signal.ts"
import { voiceFrameMillis } from "./Pacer.ts"

/** Called each 10 ms or so with the time in milliseconds, until it answers that it has no more to do. Must not throw. */
export type Tick = (now: number) => boolean

/** One clockwork for all rooms: it runs while any of them speaks. */
export interface Ticker {
  /** Of a clock that never falls back, in milliseconds. */
  readonly now: () => number
  /** Ticks at once, and then on. Adding what is there changes nothing. */
  readonly add: (tick: Tick) => void
  readonly remove: (tick: Tick) => void
}

const nanosPerMilli = 1e6

export const make: Effect.Effect<Ticker, never, Scope.Scope> = Effect.gen(function* () {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const ticks = new Set<Tick>()
  const signal = Signal.make()
  const now = () => Number(clock.unsafeCurrentTimeNanos()) / nanosPerMilli

  const all = () => {
    const at = now()
    for (const tick of ticks) if (!tick(at)) ticks.delete(tick)
  }
  /** Where timers are late the next sleep is the shorter for it. */
  const run = Effect.gen(function* () {
    yield* signal.until(() => ticks.size > 0)
    let nextAt = now()
    while (ticks.size > 0) {
      all()
      nextAt = Math.max(nextAt + voiceFrameMillis, now())
      yield* Effect.sleep(Math.max(1, Math.round(nextAt - now())))
    }
  })
  yield* Effect.forkScoped(Effect.interruptible(Effect.forever(run)))

  return {
    now,
    add: (tick) => {
      if (ticks.has(tick) || !tick(now())) return
      ticks.add(tick)
      signal.notify()
    },
    remove: (tick) => void ticks.delete(tick),
  }
})
