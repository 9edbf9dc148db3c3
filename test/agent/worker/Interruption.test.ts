import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Option } from "effect"
import { ConversationHost } from "../../../src/agent/worker/ConversationHost.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { claimed, makeWorld, speaks, type World } from "./World.ts"

/** Interrupts hosting after so many milliseconds, and returns once it is over. */
const interruptedAfter = (world: World, millis: number) =>
  Effect.gen(function* () {
    const host = yield* ConversationHost
    const fiber = yield* Effect.fork(host.host(yield* claimed(world)))
    yield* Effect.sleep(millis)
    yield* Fiber.interrupt(fiber)
    assert.deepStrictEqual(host.rooms(), [])
  }).pipe(Effect.provide(world.host()))

const isHeld = (world: World) => world.queue.held().length > 0

describe("an interruption", () => {
  it("at any moment leaves no lease and no assistant in the room", () => {
    // The store takes 200 ms in all, joining 300 ms; it talks from then on.
    for (let millis = 0; millis <= 1_000; millis += 10) {
      const world = makeWorld(speaks)
      world.state.storeAway = true
      world.state.joins = [Effect.sleep(300)]
      const program = Effect.zipRight(
        Effect.fork(
          Effect.delay(
            Effect.sync(() => void (world.state.storeAway = false)),
            "150 millis",
          ),
        ),
        interruptedAfter(world, millis),
      )
      getVirtual(program)
      assert.isFalse(isHeld(world), `at ${millis} ms`)
      assert.isFalse(
        world.stays.some(({ isIn }) => isIn()),
        `at ${millis} ms`,
      )
      const hasBegun = world.requests.length > 0
      assert.strictEqual(world.queue.entries.size, hasBegun ? 0 : 1, "what has begun is over, the rest is given back")
    }
  })

  it("waits for the engine to store what it has, and no longer than its bound", () => {
    const finished: Array<string> = []
    const ends = (how: Effect.Effect<void>) => () =>
      Effect.onInterrupt(Effect.never, () => Effect.tap(how, () => void finished.push("stored")))
    getVirtual(interruptedAfter(makeWorld(ends(Effect.sleep("10 seconds"))), 1_000))
    assert.deepStrictEqual(finished, ["stored"])
    const stuck = makeWorld(ends(Effect.never))
    getVirtual(interruptedAfter(stuck, 1_000))
    assert.isFalse(isHeld(stuck))
  })

  it("while the queue is away returns within its bound; the lease lapses", () => {
    const world = makeWorld(speaks)
    const program = Effect.gen(function* () {
      const fiber = yield* Effect.fork(interruptedAfter(world, 1_000))
      yield* Effect.sleep(500)
      world.queue.setAway(true)
      return yield* Effect.timeoutOption(Fiber.await(fiber), "10 seconds")
    })
    assert.isTrue(Option.isSome(getVirtual(program)))
  })
})
