import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { getVirtual } from "../../support/VirtualTime.ts"
import { hosted, idOf, makeWorld, speaks } from "./World.ts"

const leavesAfter = Effect.sleep("5 seconds")

/** Somebody who talks for a while and is gone. */
const talk = (record: boolean) => {
  const world = makeWorld((request) => Effect.raceFirst(speaks(request), Effect.as(leavesAfter, "left" as const)))
  assert.deepStrictEqual(getVirtual(hosted(world, Effect.void, { record })), Exit.succeed("over"))
  return world
}

describe("a conversation whose people agreed to be recorded", () => {
  it("is recorded, and the recording is there once it is over", () => {
    const { objects, recordings } = talk(true)
    assert.deepStrictEqual(
      recordings.map(({ conversationId, key }) => [conversationId, key]),
      [[idOf(1), `${idOf(1)}/1.flac`]],
    )
    assert.isAbove(objects.get(`recordings/${idOf(1)}/1.flac`)?.bytes.length ?? 0, 1_000)
    const [{ durationMillis } = { durationMillis: 0 }] = recordings
    assert.isAtLeast(durationMillis, 4_000)
  })

  it("is not recorded when they did not", () => {
    const { objects, recordings } = talk(false)
    assert.deepStrictEqual([recordings.length, objects.size], [0, 0])
  })
})
