import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Metric, TestClock } from "effect"
import * as CircuitBreaker from "../../../src/infra/resilience/CircuitBreaker.ts"

const policy = { consecutiveFailuresMax: 2, openDuration: Duration.seconds(30) }

const opened = (name: string) =>
  Effect.gen(function* () {
    const breaker = yield* CircuitBreaker.make(name, policy)
    const run = <A>(self: Effect.Effect<A, string>) =>
      self.pipe(
        breaker.execute({ countsAsFailure: (error) => error !== "refused", onOpen: () => "open" }),
        Effect.merge,
      )
    return { breaker, run }
  })

describe("CircuitBreaker", () => {
  it.effect("opens after failures in a row, refuses, lets one probe pass, closes when it succeeds", () =>
    Effect.gen(function* () {
      const { breaker, run } = yield* opened("cycle")
      yield* run(Effect.fail("x"))
      assert.deepStrictEqual(yield* breaker.state, CircuitBreaker.CircuitState.Closed({ failures: 1 }))
      yield* run(Effect.fail("x"))
      assert.strictEqual((yield* breaker.state)._tag, "Open")
      assert.strictEqual(yield* run(Effect.die("must not run")), "open")
      yield* TestClock.adjust("30 seconds")
      const answer = yield* Deferred.make<string>()
      const begun = yield* Deferred.make<void>()
      const probe = yield* Effect.fork(run(Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(answer))))
      yield* Deferred.await(begun)
      assert.strictEqual((yield* breaker.state)._tag, "HalfOpen")
      assert.strictEqual(yield* run(Effect.die("a second probe")), "open")
      yield* Deferred.succeed(answer, "fine")
      assert.strictEqual(yield* Fiber.join(probe), "fine")
      assert.deepStrictEqual(yield* breaker.state, CircuitBreaker.CircuitState.Closed({ failures: 0 }))
    }),
  )

  it.effect("opens again, for the whole time, when the probe fails", () =>
    Effect.gen(function* () {
      const { breaker, run } = yield* opened("reopen")
      yield* run(Effect.fail("x"))
      yield* run(Effect.fail("x"))
      yield* TestClock.adjust("30 seconds")
      yield* run(Effect.fail("still down"))
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(yield* run(Effect.succeed("early")), "open")
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(yield* run(Effect.succeed("late")), "late")
      assert.strictEqual((yield* breaker.state)._tag, "Closed")
    }),
  )

  it.effect("an interrupted probe gives its place to the next call", () =>
    Effect.gen(function* () {
      const { run } = yield* opened("interrupt")
      yield* run(Effect.fail("x"))
      yield* run(Effect.fail("x"))
      yield* TestClock.adjust("30 seconds")
      const begun = yield* Deferred.make<void>()
      const probe = yield* Effect.fork(run(Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never)))
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(probe)
      assert.strictEqual(yield* run(Effect.succeed("next")), "next")
    }),
  )

  it.effect("a success, or a refusal that is ours, ends the row of failures", () =>
    Effect.gen(function* () {
      const { breaker, run } = yield* opened("row")
      for (const outcome of [Effect.fail("x"), Effect.fail("refused"), Effect.fail("x"), Effect.succeed("ok")]) {
        yield* run(outcome)
      }
      yield* run(Effect.fail("x"))
      assert.deepStrictEqual(yield* breaker.state, CircuitBreaker.CircuitState.Closed({ failures: 1 }))
    }),
  )

  it.effect("shows its state as a metric", () =>
    Effect.gen(function* () {
      const { run } = yield* opened("shown")
      const shown = Metric.value(Metric.tagged(CircuitBreaker.stateMetric, "breaker", "shown"))
      assert.strictEqual((yield* shown).value, 0)
      yield* run(Effect.fail("x"))
      yield* run(Effect.fail("x"))
      assert.strictEqual((yield* shown).value, 2)
      yield* TestClock.adjust("30 seconds")
      const during = yield* run(Effect.map(shown, ({ value }) => String(value)))
      assert.strictEqual(during, "1")
      assert.strictEqual((yield* shown).value, 0)
    }),
  )
})
