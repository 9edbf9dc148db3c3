import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, FiberId, Scope, TestClock } from "effect"
import * as FifoSlots from "../../../src/agent/worker/FifoSlots.ts"

const settle = TestClock.adjust(0)

/** Somebody who takes a slot and holds it until told. */
const holder = Effect.fnUntraced(function* (slots: ReturnType<typeof FifoSlots.make>) {
  const scope = yield* Scope.make()
  const fiber = yield* Effect.fork(Scope.extend(slots.take, scope))
  yield* settle
  return { fiber, has: () => fiber.unsafePoll() !== null, leave: Scope.close(scope, Exit.void) }
})

/** Gives a slot back and interrupts who gets it, in one step. */
const handOver = (leave: Effect.Effect<void>, to: Fiber.RuntimeFiber<void>) => {
  Effect.runSync(leave)
  to.unsafeInterruptAsFork(FiberId.none)
}

describe("slots", () => {
  it.effect("are never more than there are, however many ask", () =>
    Effect.gen(function* () {
      const slots = FifoSlots.make({ total: 3 })
      const holders = yield* Effect.replicateEffect(holder(slots), 5)
      assert.deepStrictEqual(
        holders.map(({ has }) => has()),
        [true, true, true, false, false],
      )
      assert.strictEqual(slots.used(), 3)
      assert.isFalse(yield* Effect.scoped(slots.tryTake))
    }),
  )

  it.effect("pass to whoever has waited longest, before anyone who comes later", () =>
    Effect.gen(function* () {
      const slots = FifoSlots.make({ total: 1 })
      const [first, second, third] = yield* Effect.all([holder(slots), holder(slots), holder(slots)])
      yield* first.leave
      assert.isFalse(yield* Effect.scoped(slots.tryTake), "it is the second's already")
      yield* settle
      assert.isTrue(second.has())
      assert.isFalse(third.has())
      assert.strictEqual(slots.used(), 1)
    }),
  )

  it.effect("are not lost when someone gives up waiting", () =>
    Effect.gen(function* () {
      const slots = FifoSlots.make({ total: 1 })
      const [first, second, third] = yield* Effect.all([holder(slots), holder(slots), holder(slots)])
      yield* Fiber.interrupt(second.fiber)
      yield* first.leave
      yield* settle
      assert.isTrue(third.has())
      yield* third.leave
      assert.strictEqual(slots.used(), 0)
    }),
  )

  it.effect("are not lost when someone is interrupted in the moment of being given one", () =>
    Effect.gen(function* () {
      const slots = FifoSlots.make({ total: 1 })
      const [first, second] = yield* Effect.all([holder(slots), holder(slots)])
      // The second's fiber has had no turn since it was given the slot.
      handOver(first.leave, second.fiber)
      yield* settle
      yield* second.leave
      assert.strictEqual(slots.used(), 0)
    }),
  )

  it.effect("are given to nobody once they are closed; those that are held stay", () =>
    Effect.gen(function* () {
      const slots = FifoSlots.make({ total: 1 })
      const [first, second] = yield* Effect.all([holder(slots), holder(slots)])
      const empty = yield* Effect.fork(slots.empty)
      yield* slots.close
      assert.strictEqual(slots.used(), 1)
      assert.isNull(empty.unsafePoll())
      yield* first.leave
      yield* settle
      assert.isFalse(second.has())
      assert.isFalse(yield* Effect.scoped(slots.tryTake))
      yield* Fiber.join(empty)
    }),
  )

  it.effect("tell of every change, also of one that is undone at once", () =>
    Effect.gen(function* () {
      const slots = FifoSlots.make({ total: 2 })
      const told = yield* Effect.fork(slots.changed)
      yield* settle
      assert.isNull(told.unsafePoll())
      yield* Effect.scoped(slots.tryTake)
      assert.strictEqual(slots.used(), 0)
      yield* Fiber.join(told)
      const closed = yield* Effect.fork(slots.changed)
      yield* settle
      yield* slots.close
      yield* Fiber.join(closed)
    }),
  )
})
