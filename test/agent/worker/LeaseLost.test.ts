import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Metric } from "effect"
import { ConversationHost } from "../../../src/agent/worker/ConversationHost.ts"
import { leasesLost } from "../../../src/agent/worker/WorkerMetrics.ts"
import type { DispatchQueue } from "../../../src/domain/store/DispatchQueue.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { hosted, idOf, makeWorld, other, type World } from "./World.ts"

/** When the last sample of all that was heard was over. */
const heardUntilMillis = (world: World) =>
  Math.max(
    ...world
      .stay()
      .person.heard()
      .map(({ samples, startMillis }) => startMillis + samples.length / 8),
  )

describe("a lease that is lost in the middle of speech", () => {
  it("silences the assistant by the next renewal, and leaves the conversation to the other worker", () => {
    const world = makeWorld()
    let stolenAt = 0
    const story = Effect.gen(function* () {
      yield* Effect.sleep("10 seconds")
      stolenAt = yield* Clock.currentTimeMillis
      yield* world.queue.steal(idOf(1), other)
      yield* Effect.sleep("1 minute")
    })
    const before = Effect.runSync(Metric.value(leasesLost)).count
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("given-back"))
    assert.isAtMost(heardUntilMillis(world) - stolenAt, world.queue.service.leaseMillis / 3 + 20)
    assert.isAbove(heardUntilMillis(world), stolenAt - 1_000, "it did speak")
    assert.isFalse(world.stay().isIn())
    assert.strictEqual(world.queue.entries.get(idOf(1))?.holder, other, "the other's lease is untouched")
    assert.deepStrictEqual(world.ended, [])
    assert.strictEqual(Effect.runSync(Metric.value(leasesLost)).count, before + 1)
  })

  it("ends the conversation for good when it was withdrawn, since nobody else will", () => {
    const endings: Array<string> = []
    const world = makeWorld(({ ending }) => Effect.tap(ending, (reason) => void endings.push(reason)))
    const story = Effect.gen(function* () {
      yield* Effect.sleep("10 seconds")
      yield* Effect.orDie(world.queue.service.withdraw(idOf(1)))
      yield* Effect.sleep("1 minute")
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("over"))
    assert.deepStrictEqual(endings, ["left"])
    assert.isFalse(world.stay().isIn())
  })

  it("cuts a goodbye short", () => {
    const endings: Array<string> = []
    const world = makeWorld(({ ending }) =>
      Effect.flatMap(ending, (reason) => {
        endings.push(reason)
        return Effect.never
      }),
    )
    const story = Effect.gen(function* () {
      const { rooms, sayGoodbye } = yield* ConversationHost
      yield* Effect.sleep("10 seconds")
      yield* sayGoodbye
      yield* world.queue.steal(idOf(1), other)
      yield* Effect.sleep("4 seconds")
      assert.deepStrictEqual(rooms(), [])
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("given-back"))
    assert.deepStrictEqual(endings, ["drain"])
    assert.strictEqual(world.queue.entries.get(idOf(1))?.holder, other)
  })

  it("before the room was joined, it is not joined any more", () => {
    const world = makeWorld()
    world.state.joins = [Effect.never]
    const story = Effect.gen(function* () {
      yield* Effect.sleep("1 seconds")
      yield* world.queue.steal(idOf(1), other)
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("given-back"))
    assert.deepStrictEqual([world.stays.length, world.requests.length], [0, 0])
  })
})

describe("a queue that is away", () => {
  it("ends nothing; the lease is kept and renewed as soon as it is back", () => {
    const world = makeWorld(() => Effect.delay(Effect.succeed("left"), "5 minutes"))
    const story = Effect.gen(function* () {
      const { rooms } = yield* ConversationHost
      world.queue.setAway(true)
      // Between two tries, the next of which is due in half a second.
      yield* Effect.sleep("121500 millis")
      assert.deepStrictEqual(rooms(), ["parley-1"])
      world.queue.setAway(false)
      world.queue.calls.length = 0
      yield* Effect.sleep("1 seconds")
      assert.deepStrictEqual(world.queue.calls, ["renew"])
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("over"))
    assert.strictEqual(world.queue.entries.size, 0)
  })

  it("that never answers counts as away, and holds nothing up", () => {
    const world = makeWorld(() => Effect.delay(Effect.succeed("left"), "1 minute"))
    const mute: Partial<typeof DispatchQueue.Service> = { renew: () => Effect.never, complete: () => Effect.never }
    Object.assign(world.queue.service, mute)
    const started = Effect.runSync(Clock.currentTimeMillis)
    const exit = getVirtual(hosted(world, Effect.void))
    assert.deepStrictEqual(exit, Exit.succeed("over"))
    assert.isBelow(Effect.runSync(Clock.currentTimeMillis) - started, 10_000)
  })
})
