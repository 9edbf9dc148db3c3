import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, type Layer, Logger, LogLevel, Option, Ref } from "effect"
import { ConversationHost } from "../../../src/agent/worker/ConversationHost.ts"
import * as FifoSlots from "../../../src/agent/worker/FifoSlots.ts"
import * as QueueDoor from "../../../src/agent/worker/QueueDoor.ts"
import { Slots } from "../../../src/agent/worker/Slots.ts"
import type { WorkerId } from "../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../src/domain/store/DispatchQueue.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { FakeQueue } from "./FakeQueue.ts"
import { jobOf, me, other } from "./World.ts"

const fill = (queue: FakeQueue, jobs: number) => {
  for (let index = 1; index <= jobs; index++) queue.add(jobOf(index))
}

/** A worker that hosts what it claims until it is told that one is over, or the queue says so. */
const workerOf = (queue: FakeQueue, id: WorkerId, total: number) =>
  Effect.gen(function* () {
    const slots = FifoSlots.make({ total })
    const hosted = yield* Ref.make(0)
    const leave = yield* Effect.makeSemaphore(0)
    const host = ConversationHost.of({
      host: (lease) =>
        Effect.acquireUseRelease(
          Ref.update(hosted, (count) => count + 1),
          () => leave.take(1),
          () =>
            Effect.zipRight(
              Ref.update(hosted, (count) => count - 1),
              Effect.ignore(queue.service.complete(lease)),
            ),
        ).pipe(Effect.as("over" as const)),
      sayGoodbye: Effect.void,
      rooms: () => [],
      served: () => 0,
    })
    const door = yield* QueueDoor.make(id).pipe(
      Effect.provideService(Slots, slots),
      Effect.provideService(DispatchQueue, queue.service),
      Effect.provideService(ConversationHost, host),
    )
    const fiber = yield* Effect.fork(door.run)
    return { slots, hosted: Ref.get(hosted), leave: leave.release(1), fiber }
  })

const quiet = <A, E>(effect: Effect.Effect<A, E>) => getVirtual(Logger.withMinimumLogLevel(effect, LogLevel.None))

describe("admission", () => {
  it("is exact: of 50 conversations 2 workers of 20 hold 40, and the next only when one ends", () => {
    const queue = new FakeQueue()
    fill(queue, 50)
    quiet(
      Effect.gen(function* () {
        const first = yield* workerOf(queue, me, 20)
        const second = yield* workerOf(queue, other, 20)
        yield* Effect.sleep("1 second")
        assert.deepStrictEqual([yield* first.hosted, yield* second.hosted], [20, 20])
        assert.deepStrictEqual(yield* queue.service.statistics, { waiting: 10, held: 40 })
        assert.strictEqual(queue.claimsWaiting(), 0, "nobody claims without a free slot")
        yield* first.leave
        yield* Effect.sleep("1 second")
        assert.deepStrictEqual([yield* first.hosted, yield* second.hosted], [20, 20])
        assert.deepStrictEqual(yield* queue.service.statistics, { waiting: 9, held: 40 })
      }),
    )
  })
})

describe("the queue's door", () => {
  it("closes with the slots: nothing is claimed or held any more, and what lives goes on", () => {
    const queue = new FakeQueue()
    fill(queue, 1)
    quiet(
      Effect.gen(function* () {
        const worker = yield* workerOf(queue, me, 5)
        yield* Effect.sleep("1 second")
        assert.deepStrictEqual([worker.slots.used(), queue.claimsWaiting()], [2, 1])
        yield* worker.slots.close
        yield* Effect.sleep("1 millis")
        assert.deepStrictEqual([worker.slots.used(), queue.claimsWaiting(), yield* worker.hosted], [1, 0, 1])
        queue.add(jobOf(2))
        yield* Effect.sleep("1 minute")
        assert.strictEqual(yield* worker.hosted, 1)
        assert.isTrue(Option.isNone(yield* Fiber.poll(worker.fiber)))
        yield* worker.leave
        yield* Fiber.join(worker.fiber)
        assert.strictEqual(worker.slots.used(), 0)
      }),
    )
  })

  it("gives back at once what it gets in the moment of closing", () => {
    const queue = new FakeQueue()
    fill(queue, 1)
    quiet(
      Effect.gen(function* () {
        const slots = FifoSlots.make({ total: 1 })
        const hosts = yield* Ref.make(0)
        const door = yield* QueueDoor.make(me).pipe(
          Effect.provideService(Slots, slots),
          // The claim has gone through when the interruption comes.
          Effect.provideService(DispatchQueue, {
            ...queue.service,
            claim: (worker) => Effect.uninterruptible(Effect.zipLeft(queue.service.claim(worker), slots.close)),
          }),
          Effect.provideService(ConversationHost, {
            host: () => Effect.as(Ref.set(hosts, 1), "over"),
            sayGoodbye: Effect.void,
            rooms: () => [],
            served: () => 0,
          }),
        )
        yield* door.run
        assert.strictEqual(yield* Ref.get(hosts), 0)
        assert.deepStrictEqual([queue.held().length, queue.entries.size, slots.used()], [0, 1, 0])
      }),
    )
  })

  it("waits longer and longer while the queue is away, tells of it once, and claims again when it is back", () => {
    const queue = new FakeQueue()
    const logged: Array<string> = []
    const logger = Logger.make(({ message }) => void logged.push(String(message)))
    fill(queue, 1)
    queue.setAway(true)
    getVirtual(
      Effect.gen(function* () {
        const worker = yield* workerOf(queue, me, 5)
        yield* Effect.sleep("10 minutes")
        assert.isBelow(queue.calls.length, 300)
        assert.isAbove(queue.calls.length, 100)
        assert.strictEqual(logged.length, 1, logged.join("; "))
        queue.setAway(false)
        yield* Effect.sleep("5 seconds")
        assert.strictEqual(yield* worker.hosted, 1)
        assert.strictEqual(logged.length, 2, logged.join("; "))
      }).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger) satisfies Layer.Layer<never>)),
    )
  })

  it("that is interrupted ends what it holds, and returns when that is done", () => {
    const queue = new FakeQueue()
    fill(queue, 3)
    quiet(
      Effect.gen(function* () {
        const worker = yield* workerOf(queue, me, 5)
        yield* Effect.sleep("1 second")
        yield* Fiber.interrupt(worker.fiber)
        assert.deepStrictEqual([yield* worker.hosted, worker.slots.used(), queue.entries.size], [0, 0, 0])
      }),
    )
  })
})
