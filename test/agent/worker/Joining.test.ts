import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { ConversationHost } from "../../../src/agent/worker/ConversationHost.ts"
import { RoomNotJoined } from "../../../src/domain/media/AssistantRoom.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { hosted, idOf, makeWorld } from "./World.ts"

const leavesSoon = () => Effect.delay(Effect.succeed("left" as const), "10 seconds")
const refused = new RoomNotJoined({ room: "parley-1", detail: "refused" })
const always = Array.from({ length: 1_000 }, () => refused)

describe("a room that cannot be joined", () => {
  it("at once is joined a little later, by the same lease", () => {
    const world = makeWorld(leavesSoon)
    world.state.joins = [refused, refused]
    assert.deepStrictEqual(getVirtual(hosted(world, Effect.void)), Exit.succeed("over"))
    assert.strictEqual(world.stays.length, 1)
    assert.strictEqual(world.requests.length, 1)
  })

  it("within the bound is given back, so that another machine may try", () => {
    const world = makeWorld(leavesSoon)
    world.state.joins = always
    assert.deepStrictEqual(getVirtual(hosted(world, Effect.void)), Exit.succeed("given-back"))
    assert.strictEqual(world.queue.entries.get(idOf(1))?.holder, undefined)
    assert.isBelow(1_000 - world.state.joins.length, 20, "it does not hammer the server")
    assert.strictEqual(world.requests.length, 0)
  })

  it("after many claims ends the conversation, in the store too", () => {
    const world = makeWorld(leavesSoon)
    world.state.joins = always
    assert.deepStrictEqual(getVirtual(hosted(world, Effect.void, { policy: { claimsMax: 1 } })), Exit.succeed("over"))
    assert.deepStrictEqual(world.ended, [[idOf(1), "error"]])
    assert.strictEqual(world.queue.entries.size, 0)
  })

  it("in time is left again by the try that came in late", () => {
    const world = makeWorld(leavesSoon)
    world.state.joins = [Effect.sleep("12 seconds")]
    world.state.areJoinsStubborn = true
    const story = Effect.gen(function* () {
      yield* Effect.sleep("13 seconds")
      assert.deepStrictEqual(
        world.stays.map(({ isIn }) => isIn()),
        [true, false],
      )
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("over"))
    assert.isFalse(world.stays.some(({ isIn }) => isIn()))
    assert.strictEqual(world.requests.length, 1)
  })

  it("is not tried any more once the worker says goodbye", () => {
    const world = makeWorld(leavesSoon)
    world.state.joins = [Effect.never]
    const story = Effect.gen(function* () {
      const { rooms, sayGoodbye } = yield* ConversationHost
      yield* Effect.sleep("1 second")
      yield* sayGoodbye
      yield* Effect.sleep("1 millis")
      assert.deepStrictEqual(rooms(), [])
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("given-back"))
  })
})
