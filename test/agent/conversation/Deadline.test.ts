import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit } from "effect"
import * as Deadline from "../../../src/agent/conversation/Deadline.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const run = <A, E>(use: (within: Effect.Effect.Success<ReturnType<typeof Deadline.make>>) => Effect.Effect<A, E>) =>
  getVirtual(Effect.scoped(Effect.flatMap(Deadline.make(500), use)))

describe("a deadline for many calls", () => {
  it("answers what the work answers, and fails as it fails", () => {
    assert.deepStrictEqual(
      run((within) => Effect.all([within(Effect.succeed(1)), Effect.flip(within(Effect.fail("no")))])),
      [1, "no"],
    )
  })

  it("lets work go on that is done in time, however often", () => {
    const millis = run((within) =>
      Effect.zipRight(Effect.repeatN(within(Effect.sleep("499 millis")), 9), Clock.currentTimeMillis),
    )
    assert.strictEqual(millis - run(() => Clock.currentTimeMillis), 4_990)
  })

  it("gives work up at the deadline, whenever it was begun, and does not wait for it to let go", () => {
    const [exit, passed] = run((within) =>
      Effect.gen(function* () {
        yield* Effect.sleep("730 millis")
        const begun = yield* Clock.currentTimeMillis
        const exit = yield* Effect.exit(within(Effect.uninterruptible(Effect.sleep("1 hour"))))
        return [exit, (yield* Clock.currentTimeMillis) - begun] as const
      }),
    )
    assert.isTrue(Exit.isFailure(exit))
    assert.strictEqual(passed, 500)
  })

  it("interrupts the work that it gives up", () => {
    const interrupted = run((within) =>
      Effect.gen(function* () {
        let interrupted = false
        const work = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (interrupted = true)))
        yield* Effect.exit(within(work))
        yield* Effect.sleep("1 millis")
        return interrupted
      }),
    )
    assert.isTrue(interrupted)
  })
})
