import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, TestClock } from "effect"
import * as HookRegistry from "../../../src/agent/hooks/HookRegistry.ts"
import * as RoomHook from "../../../src/agent/hooks/RoomHook.ts"
import { LifecycleHooks } from "../../../src/domain/hook/LifecycleHooks.ts"
import { RoomRepository } from "../../../src/domain/room/RoomRepository.ts"
import { StorageError } from "../../../src/domain/StorageError.ts"
import { context } from "../../support/Talk.ts"

const { room } = context
const live = (calls: Array<string>, failures: number) => {
  let failed = 0
  const stores = (call: string) =>
    Effect.suspend(() =>
      failed++ < failures
        ? Effect.fail(new StorageError({ operation: call, cause: new Error("away") }))
        : Effect.sync(() => void calls.push(call)),
    )
  return RoomHook.layer.pipe(
    Layer.provide(
      Layer.mock(RoomRepository, { insert: ({ id }) => stores(`opens ${id}`), close: (id) => stores(`closes ${id}`) }),
    ),
    Layer.provideMerge(HookRegistry.layer),
  )
}
const wholeTalk = Effect.gen(function* () {
  const hooks = yield* LifecycleHooks
  const joined = yield* hooks.run("onRoomJoined", (hook) => hook.onRoomJoined?.(context))
  const left = yield* hooks.run("onRoomLeft", (hook) => hook.onRoomLeft?.(context, "left"))
  return [...joined, ...left].map(({ error }) => Option.isNone(error))
})

describe("the hook that keeps the room", () => {
  it.effect("opens it when the assistant joins, closes it at the end", () => {
    const calls: Array<string> = []
    return Effect.gen(function* () {
      expect(yield* wholeTalk).toEqual([true, true])
      expect(calls).toEqual([`opens ${room.id}`, `closes ${room.id}`])
    }).pipe(Effect.provide(live(calls, 0)))
  })

  it.effect("asks a store that is away again", () => {
    const calls: Array<string> = []
    return Effect.gen(function* () {
      const running = yield* Effect.fork(wholeTalk)
      yield* TestClock.adjust("10 seconds")
      expect(yield* Fiber.join(running)).toEqual([true, true])
      expect(calls).toEqual([`opens ${room.id}`, `closes ${room.id}`])
    }).pipe(Effect.provide(live(calls, 4)))
  })
})
