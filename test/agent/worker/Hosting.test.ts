import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Option } from "effect"
import { ConversationHost } from "../../../src/agent/worker/ConversationHost.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { hosted, idOf, makeWorld, speaks } from "./World.ts"

const ended = Option.some(DateTime.unsafeMake("2026-01-01T00:01:00Z"))

describe("a conversation that is hosted", () => {
  it("is joined as the assistant of its lease, and completed when it ends", () => {
    const world = makeWorld(() => Effect.delay(Effect.succeed("left"), "1 minute"))
    const exit = getVirtual(hosted(world, Effect.void))
    assert.deepStrictEqual(exit, Exit.succeed("over"))
    assert.strictEqual(world.stay().identity, "assistant-1-000000000001")
    assert.strictEqual(world.stay().request.personIdentity, "ada")
    assert.strictEqual(world.stay().request.assistantName, "Parley")
    assert.isFalse(world.stay().isIn())
    assert.strictEqual(world.queue.entries.size, 0)
    const [request] = world.requests
    assert.strictEqual(request?.context.fence, 1)
    assert.strictEqual(request?.context.conversation.id, idOf(1))
    assert.strictEqual(request?.user.name, "Ada")
    assert.isUndefined(request?.before, "it begins")
    assert.isAbove(world.queue.calls.filter((call) => call === "renew").length, 15)
  })

  it("is known by its room as long as it lasts", () => {
    const world = makeWorld(() => Effect.delay(Effect.succeed("left"), "1 minute"))
    const program = Effect.gen(function* () {
      const host = yield* ConversationHost
      yield* Effect.sleep("30 seconds")
      assert.deepStrictEqual(host.rooms(), ["parley-1"])
      assert.strictEqual(host.served(), 0)
      yield* Effect.sleep("1 minute")
      assert.deepStrictEqual(host.rooms(), [])
      assert.strictEqual(host.served(), 1)
    })
    getVirtual(hosted(world, program))
  })

  it("that has ended meanwhile is completed without a word", () => {
    for (const change of ["ended", "unknown"] as const) {
      const world = makeWorld()
      if (change === "unknown") world.state.isKnown = false
      else world.state.endedAt = ended
      assert.deepStrictEqual(getVirtual(hosted(world, Effect.void)), Exit.succeed("over"))
      assert.deepStrictEqual([world.stays.length, world.queue.entries.size], [0, 0])
    }
  })

  it("says goodbye when it is asked to, and is completed", () => {
    const world = makeWorld(speaks)
    const exit = getVirtual(
      hosted(
        world,
        Effect.zipRight(
          Effect.sleep("10 seconds"),
          Effect.flatMap(ConversationHost, ({ sayGoodbye }) => sayGoodbye),
        ),
      ),
    )
    assert.deepStrictEqual(exit, Exit.succeed("over"))
    assert.strictEqual(world.queue.entries.size, 0)
  })

  it("is given back when its engine breaks, and ended once that has happened too often", () => {
    const broken = () => Effect.dieMessage("broken")
    const early = makeWorld(broken)
    assert.deepStrictEqual(getVirtual(hosted(early, Effect.void)), Exit.succeed("given-back"))
    assert.deepStrictEqual(early.queue.held(), [])
    assert.strictEqual(early.queue.entries.size, 1)
    const late = makeWorld(broken)
    assert.deepStrictEqual(getVirtual(hosted(late, Effect.void, { policy: { claimsMax: 1 } })), Exit.succeed("over"))
    assert.deepStrictEqual(late.ended, [[idOf(1), "error"]])
    assert.strictEqual(late.queue.entries.size, 0)
  })
})
