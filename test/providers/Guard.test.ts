import { assert, describe, it } from "@effect/vitest"
import { Chunk, Clock, Deferred, Duration, Effect, Fiber, Ref, Stream, TestClock } from "effect"
import { ProviderError, RateLimited, Rejected, Unavailable } from "../../src/domain/speech/ProviderError.ts"
import * as CircuitBreaker from "../../src/infra/resilience/CircuitBreaker.ts"
import { guard, guardStream } from "../../src/providers/Guard.ts"
import type { ProviderPolicy } from "../../src/providers/ProviderPolicy.ts"

const policy: ProviderPolicy = {
  attemptTimeout: Duration.seconds(2),
  firstEventTimeout: Duration.seconds(4),
  interEventTimeout: Duration.seconds(1),
  totalTimeout: Duration.seconds(20),
  retry: { retriesMax: 2, baseDelay: Duration.millis(100), retryAfterMax: Duration.seconds(3) },
  breaker: { consecutiveFailuresMax: 3, openDuration: Duration.seconds(30) },
}
const failed = (reason: ProviderError["reason"]) => new ProviderError({ provider: "p", operation: "o", reason })
const down = failed(new Unavailable({ detail: "down" }))

/** A vendor that behaves differently from try to try; the last behaviour stays. */
const vendor = Effect.fnUntraced(function* <A>(...tries: ReadonlyArray<Stream.Stream<A, ProviderError>>) {
  const count = yield* Ref.make(0)
  const attempt = Stream.unwrap(
    Effect.map(
      Ref.getAndUpdate(count, (n) => n + 1),
      (n) => tries[Math.min(n, tries.length - 1)] ?? Stream.die("no script"),
    ),
  )
  return { attempt, count: Ref.get(count) }
})

const setup = (overrides: Partial<ProviderPolicy> = {}) =>
  Effect.map(CircuitBreaker.make("test", policy.breaker), (breaker) => ({
    provider: "p",
    operation: "o",
    policy: { ...policy, ...overrides },
    breaker,
  }))

const elapsed = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const value = yield* effect
    return [value, (yield* Clock.currentTimeMillis) - start] as const
  })

/** Runs with the clock running, in steps of 50 ms. */
const inTime = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    const ticks = yield* TestClock.adjust("50 millis").pipe(
      Effect.zipRight(Effect.yieldNow()),
      Effect.forever,
      Effect.fork,
    )
    const exit = yield* Fiber.await(fiber)
    yield* Fiber.interrupt(ticks)
    return yield* exit
  })

describe("guardStream", () => {
  it.effect("retries before the first event", () =>
    Effect.gen(function* () {
      const { attempt, count } = yield* vendor(Stream.fail(down), Stream.fail(down), Stream.make("a", "b"))
      const events = yield* inTime(Stream.runCollect(guardStream(yield* setup())(attempt)))
      assert.deepStrictEqual(Chunk.toReadonlyArray(events), ["a", "b"])
      assert.strictEqual(yield* count, 3)
    }),
  )

  it.effect("passes a failure through after the first event", () =>
    Effect.gen(function* () {
      const { attempt, count } = yield* vendor<string>(Stream.concat(Stream.make("a"), Stream.fail(down)))
      const seen: Array<string> = []
      const stream = guardStream<string>(yield* setup())(attempt).pipe(
        Stream.tap((event) => Effect.sync(() => seen.push(event))),
      )
      assert.strictEqual((yield* inTime(Effect.flip(Stream.runDrain(stream)))).message, down.message)
      assert.deepStrictEqual(seen, ["a"])
      assert.strictEqual(yield* count, 1)
    }),
  )

  it.effect("retries after events that bind nobody", () =>
    Effect.gen(function* () {
      const { attempt } = yield* vendor<string>(
        Stream.concat(Stream.make("partial"), Stream.fail(down)),
        Stream.make("final"),
      )
      const options = { ...(yield* setup()), commits: (event: string) => event === "final" }
      const events = yield* inTime(Stream.runCollect(guardStream(options)(attempt)))
      assert.deepStrictEqual(Chunk.toReadonlyArray(events), ["partial", "final"])
    }),
  )

  it.effect("does not retry what was refused", () =>
    Effect.gen(function* () {
      const { attempt, count } = yield* vendor(Stream.fail(failed(new Rejected({ status: 401, detail: "key" }))))
      const error = yield* inTime(Effect.flip(Stream.runDrain(guardStream(yield* setup())(attempt))))
      assert.strictEqual(error.reason._tag, "Rejected")
      assert.strictEqual(yield* count, 1)
    }),
  )

  it.effect("waits as long as the vendor asks for", () =>
    Effect.gen(function* () {
      const limited = failed(new RateLimited({ retryAfter: Duration.seconds(2) }))
      const { attempt } = yield* vendor(Stream.fail(limited), Stream.make("a"))
      const [, millis] = yield* inTime(elapsed(Stream.runDrain(guardStream(yield* setup())(attempt))))
      assert.isAtLeast(millis, 2_000)
      assert.isAtMost(millis, 2_200)
    }),
  )

  it.effect("does not wait when the vendor asks for more than the cap", () =>
    Effect.gen(function* () {
      const { attempt, count } = yield* vendor(
        Stream.fail(failed(new RateLimited({ retryAfter: Duration.seconds(60) }))),
      )
      const [error, millis] = yield* inTime(elapsed(Effect.flip(Stream.runDrain(guardStream(yield* setup())(attempt)))))
      assert.strictEqual(error.reason._tag, "RateLimited")
      assert.isAtMost(millis, 50)
      assert.strictEqual(yield* count, 1)
    }),
  )

  const stalls: ReadonlyArray<[string, Stream.Stream<string, ProviderError>, Partial<ProviderPolicy>, string, number]> =
    [
      ["first event", Stream.never, { retry: { ...policy.retry, retriesMax: 0 } }, "first-event", 4_000],
      ["next event", Stream.concat(Stream.make("a"), Stream.never), {}, "inter-event", 1_000],
      [
        "whole",
        Stream.repeatEffect(Effect.delay(Effect.succeed("drip"), "900 millis")),
        { totalTimeout: Duration.seconds(5) },
        "total",
        5_000,
      ],
      ["whole, over retries", Stream.never, { totalTimeout: Duration.seconds(6) }, "total", 6_000],
    ]
  for (const [name, stream, overrides, stage, millis] of stalls) {
    it.effect(`gives up when the ${name} does not come`, () =>
      Effect.gen(function* () {
        const [error, took] = yield* inTime(
          elapsed(Effect.flip(Stream.runDrain(guardStream(yield* setup(overrides))(stream)))),
        )
        assert.strictEqual(error.reason._tag === "TimedOut" ? error.reason.stage : error.reason._tag, stage)
        assert.isAtLeast(took, millis)
        assert.isAtMost(took, millis + 100)
      }),
    )
  }

  it.effect("does not count the time that the reader takes", () =>
    Effect.gen(function* () {
      const slowReader = guardStream(yield* setup({ totalTimeout: Duration.seconds(5) }))(
        Stream.make("a", "b", "c").pipe(Stream.rechunk(1)),
      ).pipe(Stream.tap(() => Effect.sleep("10 seconds")))
      assert.strictEqual(yield* inTime(Stream.runCount(slowReader)), 3)
    }),
  )

  it.effect("deadlines count from when they are armed", () =>
    Effect.gen(function* () {
      const armed = yield* Deferred.make<void>()
      const options = { ...(yield* setup({ retry: { ...policy.retry, retriesMax: 0 } })), armed }
      const fiber = yield* Effect.fork(Effect.flip(Stream.runDrain(guardStream(options)(Stream.never))))
      yield* TestClock.adjust("60 seconds")
      yield* Deferred.succeed(armed, undefined)
      const [error, millis] = yield* inTime(elapsed(Fiber.join(fiber)))
      assert.strictEqual(error.reason._tag, "TimedOut")
      assert.isAtLeast(millis, 3_900)
    }),
  )

  it.effect("its breaker sees one outcome a call, opens, and is left alone by a reader who leaves", () =>
    Effect.gen(function* () {
      const options = yield* setup()
      const call = inTime(Effect.flip(Stream.runDrain(guardStream(options)(Stream.fail(down)))))
      yield* call
      yield* call
      assert.deepStrictEqual(yield* options.breaker.state, CircuitBreaker.CircuitState.Closed({ failures: 2 }))
      const begun = yield* Deferred.make<void>()
      const pending = Stream.fromEffect(Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never))
      const left = yield* Effect.fork(Stream.runDrain(guardStream(options)(pending)))
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(left)
      assert.deepStrictEqual(yield* options.breaker.state, CircuitBreaker.CircuitState.Closed({ failures: 2 }))
      yield* call
      assert.strictEqual((yield* call).reason._tag, "CircuitOpen")
    }),
  )

  it.effect("an answer that is cut off each time opens the breaker, too", () =>
    Effect.gen(function* () {
      const options = yield* setup()
      const cut = Stream.concat(Stream.make("a"), Stream.fail(down))
      for (let n = 0; n < 3; n++) yield* inTime(Effect.flip(Stream.runDrain(guardStream(options)(cut))))
      assert.strictEqual((yield* options.breaker.state)._tag, "Open")
      yield* TestClock.adjust("30 seconds")
      // The probe's first event closes the breaker, however long the rest takes.
      yield* Stream.runHead(guardStream(options)(Stream.concat(Stream.make("a"), Stream.never)))
      assert.deepStrictEqual(yield* options.breaker.state, CircuitBreaker.CircuitState.Closed({ failures: 0 }))
    }),
  )
})

describe("guard", () => {
  it.effect("bounds one try, and retries it", () =>
    Effect.gen(function* () {
      const options = yield* setup()
      const [error, millis] = yield* inTime(elapsed(Effect.flip(guard(options)(Effect.never))))
      assert.strictEqual(error.reason._tag === "TimedOut" ? error.reason.stage : "", "attempt")
      assert.isAtLeast(millis, 6_000)
      assert.isAtMost(millis, 6_500)
    }),
  )
})
