import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber } from "effect"
import * as HurriedClock from "../../src/roles/HurriedClock.ts"

const real = Clock.make()

/** How long something takes, on a clock, in milliseconds. */
const timed = <A, E, R>(clock: Clock.Clock, work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const start = yield* clock.currentTimeMillis
    yield* work
    return (yield* clock.currentTimeMillis) - start
  })

describe("HurriedClock", () => {
  it.scopedLive("a minute of waiting for frames is over much sooner, and is a minute", () =>
    Effect.gen(function* () {
      const { clock } = yield* HurriedClock.make
      const frames = Effect.repeatN(Effect.sleep("20 millis"), 2_999).pipe(Effect.withClock(clock))
      const took = yield* timed(
        real,
        Effect.map(timed(clock, frames), (virtual) => assert.strictEqual(virtual, 60_000)),
      )
      assert.isBelow(took, 15_000)
    }),
  )

  it.scopedLive("sleepers wake in the order of their time", () =>
    Effect.gen(function* () {
      const { clock } = yield* HurriedClock.make
      const woken: Array<number> = []
      yield* Effect.forEach(
        [500, 30, 31, 7, 200],
        (millis) =>
          Effect.zipRight(
            Effect.sleep(millis),
            Effect.sync(() => woken.push(millis)),
          ),
        { concurrency: "unbounded" },
      ).pipe(Effect.withClock(clock))
      assert.deepStrictEqual(woken, [7, 30, 31, 200, 500])
    }),
  )

  it.scopedLive("work is measured as long as it takes, and deadlines hold over it", () =>
    Effect.gen(function* () {
      const { clock, whileWorking } = yield* HurriedClock.make
      const work = whileWorking(real.sleep(Duration.millis(120)))
      const waiting = yield* Effect.fork(Effect.sleep("10 seconds").pipe(Effect.withClock(clock)))
      const took = yield* timed(clock, work)
      assert.isAtLeast(took, 115)
      assert.isBelow(took, 1_000)
      const inTime = yield* work.pipe(Effect.timeoutOption("5 seconds"), Effect.withClock(clock))
      assert.strictEqual(inTime._tag, "Some")
      yield* Fiber.join(waiting)
    }),
  )

  it.scopedLive("a wait that is interrupted is forgotten", () =>
    Effect.gen(function* () {
      const { clock } = yield* HurriedClock.make
      const waiting = yield* Effect.fork(Effect.sleep("1 hour").pipe(Effect.withClock(clock)))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(waiting)
      yield* Effect.sleep("100 millis").pipe(Effect.withClock(clock))
    }),
  )
})
