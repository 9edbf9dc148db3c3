import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Metric } from "effect"
import * as FairQueue from "../../../src/providers/embedded/FairQueue.ts"

const provider = "scripted"
const options = { provider, waitingMax: 4, waitingPostponableMax: 2 }
const request = (stream: number, postponable = false) => ({ operation: "decode", stream, postponable })

/** A queue whose engine is busy until `release`, and a log of what it did then. */
const busyQueue = Effect.gen(function* () {
  const queue = yield* FairQueue.make(options)
  const release = yield* Deferred.make<void>()
  const served: Array<string> = []
  const running = yield* Effect.fork(queue.run(request(0), Deferred.await(release)))
  const enqueue = (label: string, stream: number, postponable = false) =>
    Effect.fork(
      queue.run(
        request(stream, postponable),
        Effect.sync(() => void served.push(label)),
      ),
    ).pipe(Effect.tap(Effect.yieldNow()))
  yield* Effect.yieldNow()
  yield* Effect.yieldNow()
  return { queue, release: Effect.zipRight(Deferred.succeed(release, undefined), Fiber.join(running)), served, enqueue }
})

describe("FairQueue", () => {
  it.scoped("gives every stream its turn, however much one of them asks", () =>
    Effect.gen(function* () {
      const { served, enqueue, release } = yield* busyQueue
      const all = [yield* enqueue("a1", 1), yield* enqueue("a2", 1), yield* enqueue("a3", 1), yield* enqueue("b1", 2)]
      yield* release
      yield* Fiber.joinAll(all)
      assert.deepStrictEqual(served, ["a1", "b1", "a2", "a3"])
    }),
  )

  it.scoped("serves finals before partials", () =>
    Effect.gen(function* () {
      const { served, enqueue, release } = yield* busyQueue
      const all = [yield* enqueue("partial", 1, true), yield* enqueue("final", 2)]
      yield* release
      yield* Fiber.joinAll(all)
      assert.deepStrictEqual(served, ["final", "partial"])
    }),
  )

  it.scoped("refuses at once what is too much, and keeps places for finals", () =>
    Effect.gen(function* () {
      const { queue, enqueue, release } = yield* busyQueue
      const waiting = [yield* enqueue("p1", 1, true), yield* enqueue("p2", 2, true)]
      const partial = yield* Effect.flip(queue.run(request(3, true), Effect.void))
      assert.strictEqual(partial.reason._tag, "Overloaded")
      waiting.push(yield* enqueue("f1", 3), yield* enqueue("f2", 4))
      const final = yield* Effect.flip(queue.run(request(5), Effect.void))
      assert.strictEqual(final.reason._tag, "Overloaded")
      const gauge = yield* Metric.value(Metric.tagged(FairQueue.waitingMetric, "engine", provider))
      assert.strictEqual(gauge.value, 4)
      yield* release
      yield* Fiber.joinAll(waiting)
      assert.strictEqual(yield* queue.waiting, 0)
    }),
  )

  it.scoped("gives up the place of who is interrupted, and goes on", () =>
    Effect.gen(function* () {
      const { queue, served, enqueue, release } = yield* busyQueue
      const gone = yield* enqueue("gone", 1)
      const stays = yield* enqueue("stays", 2)
      yield* Fiber.interrupt(gone)
      assert.strictEqual(yield* queue.waiting, 1)
      yield* release
      yield* Fiber.join(stays)
      assert.deepStrictEqual(served, ["stays"])
    }),
  )

  it.scoped("is not stopped by work that fails or dies", () =>
    Effect.gen(function* () {
      const queue = yield* FairQueue.make(options)
      yield* Effect.exit(queue.run(request(1), Effect.die("a bug")))
      assert.strictEqual(yield* queue.run(request(1), Effect.succeed("next")), "next")
    }),
  )
})
