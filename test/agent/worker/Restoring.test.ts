import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Exit } from "effect"
import { Message, MessageId } from "../../../src/domain/conversation/Message.ts"
import { getVirtual } from "../../support/VirtualTime.ts"
import { hosted, idOf, makeWorld } from "./World.ts"

const leavesSoon = () => Effect.delay(Effect.succeed("left" as const), "10 seconds")
const message = Message.make({
  id: MessageId.make("00000000-0000-4000-a000-000000000001"),
  conversationId: idOf(1),
  role: "user",
  content: "Hello.",
  timestamp: DateTime.unsafeMake("2026-01-01T00:00:30Z"),
  metadata: {},
})

describe("a store that is away", () => {
  it("is waited for before anything is said, while the lease is kept", () => {
    const world = makeWorld(leavesSoon)
    world.state.storeAway = true
    const story = Effect.gen(function* () {
      yield* Effect.sleep("30 seconds")
      assert.deepStrictEqual([world.stays.length, world.fences.length], [0, 0])
      assert.include(world.queue.calls, "renew")
      world.state.storeAway = false
    })
    assert.deepStrictEqual(getVirtual(hosted(world, story, { fence: 2 })), Exit.succeed("over"))
    assert.deepStrictEqual(world.fences, [2])
    assert.strictEqual(world.requests.length, 1)
  })

  it("for longer than the bound gives the conversation back, however often that happened", () => {
    const world = makeWorld(leavesSoon)
    world.state.storeAway = true
    assert.deepStrictEqual(getVirtual(hosted(world, Effect.void, { fence: 40 })), Exit.succeed("given-back"))
    assert.deepStrictEqual(world.queue.held(), [])
    assert.strictEqual(world.queue.entries.size, 1)
    assert.deepStrictEqual([world.stays.length, world.ended.length], [0, 0])
  })
})

describe("what was said before", () => {
  it("is given to the engine when there is something; else it begins, whoever had it before", () => {
    const begins = makeWorld(leavesSoon)
    getVirtual(hosted(begins, Effect.void))
    assert.isUndefined(begins.requests[0]?.before)

    const heldBefore = makeWorld(leavesSoon)
    getVirtual(hosted(heldBefore, Effect.void, { fence: 2 }))
    assert.isUndefined(heldBefore.requests[0]?.before)

    const saidBefore = makeWorld(leavesSoon)
    saidBefore.state.messages = [message]
    getVirtual(hosted(saidBefore, Effect.void))
    assert.deepStrictEqual(saidBefore.requests[0]?.before, [message])
  })
})

describe("the participant of a dead worker", () => {
  it("is shown out, and nobody else", () => {
    const world = makeWorld(leavesSoon)
    const joinedAt = DateTime.unsafeMake("2026-01-01T00:00:30Z")
    const participant = (identity: string, kind: "agent" | "person" = "agent") =>
      world.participants.push({ identity, name: "", kind, joinedAt })
    participant("assistant-1-000000000001")
    participant("assistant-2-000000000001")
    participant("assistant-3-000000000001")
    participant("assistant-4-000000000001")
    participant("assistant-1-00000000000f")
    participant("assistant-1-000000000001", "person")
    participant("somebody's agent")
    getVirtual(hosted(world, Effect.void, { fence: 3 }))
    assert.deepStrictEqual(world.removed, ["assistant-1-000000000001", "assistant-2-000000000001"])
  })
})
