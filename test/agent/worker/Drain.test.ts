import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, LogLevel, Option, type Scope } from "effect"
import * as DoorsWorker from "../../../src/agent/worker/DoorsWorker.ts"
import * as FifoSlots from "../../../src/agent/worker/FifoSlots.ts"
import * as QueueDoor from "../../../src/agent/worker/QueueDoor.ts"
import { Worker } from "../../../src/agent/worker/Worker.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { idOf, jobOf, makeWorld, me, speaks, type World } from "./World.ts"

/** A worker of this world, running from the beginning. */
const working = (
  world: World,
  story: (worker: typeof Worker.Service, run: Fiber.RuntimeFiber<void>) => Effect.Effect<void, never, Scope.Scope>,
  total = 10,
) => {
  const layer = Layer.unwrapEffect(Effect.map(QueueDoor.make(me), (door) => DoorsWorker.layer([door]))).pipe(
    Layer.provide(Layer.merge(world.host(), FifoSlots.layer({ total }))),
    Layer.provide(world.outside),
  )
  return getVirtual(
    Effect.gen(function* () {
      const worker = yield* Worker
      const fiber = yield* Effect.fork(worker.run)
      yield* story(worker, fiber)
    }).pipe(Effect.scoped, Effect.provide(layer), Logger.withMinimumLogLevel(LogLevel.None)),
  )
}

const isOver = (fiber: Fiber.Fiber<unknown>) => Effect.map(Fiber.poll(fiber), Option.isSome)

describe("a drain", () => {
  it("of an idle worker is over at once", () => {
    const world = makeWorld()
    working(world, (worker, run) =>
      Effect.gen(function* () {
        yield* Effect.sleep("1 second")
        assert.deepStrictEqual(yield* worker.drain(), { finished: 0, saidGoodbye: 0, interrupted: 0, left: 0 })
        yield* Fiber.join(run)
        assert.strictEqual(world.queue.claimsWaiting(), 0)
      }),
    )
  })

  it("before anything was begun takes nothing", () => {
    const world = makeWorld()
    world.queue.add(jobOf(1))
    working(world, (worker, run) =>
      Effect.gen(function* () {
        yield* worker.drain()
        yield* Fiber.join(run)
        assert.deepStrictEqual([world.stays.length, world.queue.entries.size], [0, 1])
      }),
    )
  })

  it("takes no new work, and lets those that talk come to their end", () => {
    const world = makeWorld(() => Effect.delay(Effect.succeed("left"), "5 minutes"))
    world.queue.add(jobOf(1))
    working(world, (worker, run) =>
      Effect.gen(function* () {
        yield* Effect.sleep("1 second")
        const drained = yield* Effect.fork(worker.drain())
        world.queue.add(jobOf(2))
        yield* Effect.sleep("4 minutes")
        assert.isFalse(yield* isOver(drained))
        const { isDraining, rooms, used } = yield* worker.status
        assert.deepStrictEqual([isDraining, rooms, used], [true, ["parley-1"], 1])
        assert.deepStrictEqual(yield* Fiber.join(drained), {
          finished: 1,
          saidGoodbye: 0,
          interrupted: 0,
          left: 0,
        })
        yield* Fiber.join(run)
        assert.deepStrictEqual(Array.from(world.queue.entries.keys()), [idOf(2)], "for another worker")
      }),
    )
  })

  it("lets them say goodbye when its bound is reached", () => {
    const world = makeWorld(speaks)
    world.queue.add(jobOf(1))
    world.queue.add(jobOf(2))
    working(world, (worker, run) =>
      Effect.gen(function* () {
        yield* Effect.sleep("1 second")
        const drained = yield* Effect.fork(worker.drain("1 minute"))
        yield* Effect.sleep("59 seconds")
        assert.strictEqual((yield* worker.status).used, 2)
        yield* Effect.sleep("3 seconds")
        assert.deepStrictEqual(yield* Fiber.join(drained), {
          finished: 0,
          saidGoodbye: 2,
          interrupted: 0,
          left: 0,
        })
        yield* Fiber.join(run)
        assert.strictEqual(world.queue.entries.size, 0)
      }),
    )
  })

  it("interrupts who does not get done with the goodbye, and leaves what does not end even then", () => {
    for (const [ends, report] of [
      [Effect.void, { finished: 0, saidGoodbye: 0, interrupted: 1, left: 0 }],
      [Effect.never, { finished: 0, saidGoodbye: 0, interrupted: 0, left: 1 }],
    ] as const) {
      const world = makeWorld(() => Effect.onInterrupt(Effect.never, () => ends))
      world.queue.add(jobOf(1))
      working(world, (worker) =>
        Effect.gen(function* () {
          yield* Effect.sleep("1 second")
          assert.deepStrictEqual(yield* worker.drain("1 minute"), report)
        }),
      )
    }
  })

  it("gives back what is being joined", () => {
    const world = makeWorld(speaks)
    world.state.joins = [Effect.never, Effect.never, Effect.never]
    world.queue.add(jobOf(1))
    working(world, (worker, run) =>
      Effect.gen(function* () {
        yield* Effect.sleep("1 second")
        yield* worker.drain("1 second")
        yield* Fiber.join(run)
        assert.deepStrictEqual([world.queue.held().length, world.queue.entries.size], [0, 1])
      }),
    )
  })

  it("asked for again waits for the one that is under way", () => {
    const world = makeWorld(speaks)
    world.queue.add(jobOf(1))
    working(world, (worker) =>
      Effect.gen(function* () {
        yield* Effect.sleep("1 second")
        const first = yield* Effect.fork(worker.drain("1 minute"))
        yield* Effect.sleep("1 second")
        const second = yield* Effect.fork(worker.drain("1 hour"))
        yield* Effect.sleep("65 seconds")
        assert.isTrue(yield* isOver(first))
        assert.deepStrictEqual(yield* Fiber.join(second), yield* Fiber.join(first))
      }),
    )
  })
})

describe("force", () => {
  it("ends a drain in every phase at once, without a lease left", () => {
    for (const millis of [0, 30_000, 60_500]) {
      const world = makeWorld(({ ending }) => Effect.zipRight(ending, Effect.never))
      world.queue.add(jobOf(1))
      working(world, (worker, run) =>
        Effect.gen(function* () {
          yield* Effect.sleep("1 second")
          const drained = yield* Effect.fork(worker.drain("1 minute"))
          yield* Effect.sleep(millis)
          yield* worker.force
          yield* Effect.sleep("1 millis")
          assert.isTrue(yield* isOver(drained), `after ${millis} ms`)
          assert.deepStrictEqual(yield* Fiber.join(drained), {
            finished: 0,
            saidGoodbye: 0,
            interrupted: 1,
            left: 0,
          })
          yield* Fiber.join(run)
          assert.strictEqual(world.queue.entries.size, 0)
        }),
      )
    }
  })

  it("begins a drain where there was none", () => {
    const world = makeWorld(speaks)
    world.queue.add(jobOf(1))
    working(world, (worker, run) =>
      Effect.gen(function* () {
        yield* Effect.sleep("1 second")
        yield* worker.force
        yield* Fiber.join(run)
        assert.strictEqual(world.queue.held().length, 0)
      }),
    )
  })
})

describe("a worker whose run is interrupted", () => {
  it("ends every conversation and leaves no lease", () => {
    const world = makeWorld(speaks)
    world.queue.add(jobOf(1))
    world.queue.add(jobOf(2))
    working(world, (worker, run) =>
      Effect.gen(function* () {
        yield* Effect.sleep("1 second")
        yield* Fiber.interrupt(run)
        assert.strictEqual((yield* worker.status).used, 0)
        assert.strictEqual(world.queue.entries.size, 0)
      }),
    )
  })
})
