import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { ConversationHost } from "../../../src/agent/worker/ConversationHost.ts"
import type { RoomLost } from "../../../src/domain/media/AssistantRoom.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { hosted, idOf, makeWorld, other, speaks, type World } from "./World.ts"

/** An engine that keeps how it was told to end. */
const noted = (endings: Array<string>) => {
  const world = makeWorld((request) => Effect.tap(speaks(request), (reason) => void endings.push(reason)))
  return world
}
const lose = (world: World, how: RoomLost) =>
  Effect.zipRight(
    Effect.sleep("5 seconds"),
    Effect.suspend(() => world.stay().lose(how)),
  )

describe("an assistant that is out of its room", () => {
  it("because the connection was lost gives the conversation back, to be gone on with", () => {
    const endings: Array<string> = []
    const world = noted(endings)
    assert.deepStrictEqual(getVirtual(hosted(world, lose(world, "connection-lost"))), Exit.succeed("given-back"))
    assert.deepStrictEqual(endings, ["handover"])
    assert.strictEqual(world.queue.entries.size, 1)
    assert.deepStrictEqual(world.queue.held(), [])
  })

  it("because the room was closed knows that the person is gone", () => {
    const endings: Array<string> = []
    const world = noted(endings)
    assert.deepStrictEqual(getVirtual(hosted(world, lose(world, "room-closed"))), Exit.succeed("over"))
    assert.deepStrictEqual(endings, ["left"])
    assert.strictEqual(world.queue.entries.size, 0)
  })

  it("because it was removed comes back while the lease is its own, and no more after many claims", () => {
    for (const how of ["removed", "replaced"] as const) {
      const endings: Array<string> = []
      const world = noted(endings)
      assert.deepStrictEqual(getVirtual(hosted(world, lose(world, how))), Exit.succeed("given-back"))
      const unwanted = noted(endings)
      assert.deepStrictEqual(
        getVirtual(hosted(unwanted, lose(unwanted, how), { policy: { claimsMax: 1 } })),
        Exit.succeed("over"),
      )
      assert.deepStrictEqual(endings, ["handover", "error"])
    }
  })

  it("because its successor removed it leaves the lease alone", () => {
    const endings: Array<string> = []
    const world = noted(endings)
    const story = Effect.gen(function* () {
      yield* Effect.sleep("5 seconds")
      yield* world.queue.steal(idOf(1), other)
      yield* world.stay().lose("removed")
      yield* Effect.sleep("1 millis")
      const { rooms } = yield* ConversationHost
      assert.deepStrictEqual(rooms(), [], "it does not wait for its next renewal")
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story)), Exit.succeed("given-back"))
    assert.strictEqual(world.queue.entries.get(idOf(1))?.holder, other)
    assert.notInclude(world.queue.calls, "release")
  })
})
