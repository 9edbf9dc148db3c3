import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as SeenEvents from "../../../src/infra/livekit/SeenEvents.ts"

it.effect("an id is new once, and again only after the time in which it may come", () =>
  Effect.gen(function* () {
    const seen = yield* SeenEvents.make(10)
    assert.isTrue(yield* seen.isNew("a", 1_000, 0))
    assert.isFalse(yield* seen.isNew("a", 1_500, 500))
    assert.isTrue(yield* seen.isNew("b", 2_500, 1_500))
    assert.isTrue(yield* seen.isNew("a", 2_600, 1_600))
  }),
)

it.effect("no more are remembered than it may hold; the oldest go first", () =>
  Effect.gen(function* () {
    const seen = yield* SeenEvents.make(3)
    for (const id of ["a", "b", "c", "d"]) assert.isTrue(yield* seen.isNew(id, 1_000, 0))
    assert.isFalse(yield* seen.isNew("b", 1_000, 0))
    assert.isFalse(yield* seen.isNew("d", 1_000, 0))
    assert.isTrue(yield* seen.isNew("a", 1_000, 0))
  }),
)
