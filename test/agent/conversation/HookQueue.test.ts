import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Logger, LogLevel } from "effect"
import * as HookQueue from "../../../src/agent/conversation/HookQueue.ts"
import * as HookRegistry from "../../../src/agent/hooks/HookRegistry.ts"
import { type Hook, LifecycleHooks } from "../../../src/domain/hook/LifecycleHooks.ts"
import { message } from "../../support/Samples.ts"
import { context } from "../../support/Talk.ts"

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => message(context.conversation.id, `message ${index}`))

const hookOf = (received: NonNullable<Hook["onMessageReceived"]>, more: Partial<Hook> = {}): Hook => ({
  name: "store",
  timeout: Duration.hours(10),
  onFailure: "ignore",
  storesMessages: true,
  onMessageReceived: received,
  ...more,
})

/** A queue over one hook, and what it told. */
const queueOver = (hook: Hook) =>
  Effect.gen(function* () {
    const told: Array<readonly [string, boolean]> = []
    yield* Effect.flatMap(LifecycleHooks, (hooks) => hooks.register(hook))
    const queue = yield* HookQueue.make(context, {
      onMessage: ({ content }, stored) => Effect.sync(() => void told.push([content, stored])),
      onAbort: () => Effect.void,
    })
    return { queue, told }
  })
const quiet = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  self.pipe(Effect.provide(HookRegistry.layer), Logger.withMinimumLogLevel(LogLevel.None))

describe("the queue of hook calls", () => {
  it.scoped("takes calls without waiting, and works them off in order", () =>
    Effect.gen(function* () {
      const gate = yield* Effect.makeLatch(false)
      const { queue, told } = yield* queueOver(hookOf(() => gate.await))
      yield* Effect.forEach(messages(3), queue.message)
      yield* Effect.yieldNow()
      expect(told).toEqual([])
      yield* gate.open
      yield* queue.close("left", 60_000)
      expect(told).toEqual([
        ["message 0", true],
        ["message 1", true],
        ["message 2", true],
      ])
    }).pipe(quiet),
  )

  it.scoped("says of a message that does not fit any more that it is not stored", () =>
    Effect.gen(function* () {
      const { queue, told } = yield* queueOver(hookOf(() => Effect.never))
      const [one] = messages(1)
      if (one === undefined) return yield* Effect.dieMessage("no message")
      yield* Effect.replicateEffect(queue.message(one), 10_100, { discard: true })
      expect(told.length).toBeGreaterThanOrEqual(99)
      expect(told.every(([, stored]) => !stored)).toBe(true)
    }).pipe(quiet),
  )

  it.scoped("says of a message that nobody stores that it is not stored", () =>
    Effect.gen(function* () {
      const { queue, told } = yield* queueOver(hookOf(() => Effect.void, { storesMessages: false }))
      yield* Effect.forEach(messages(1), queue.message)
      yield* queue.close("left", 60_000)
      expect(told).toEqual([["message 0", false]])
    }).pipe(quiet),
  )

  it.scoped("takes nothing more once it is drained", () =>
    Effect.gen(function* () {
      const gate = yield* Effect.makeLatch(false)
      const { queue, told } = yield* queueOver(hookOf(() => gate.await))
      const [first, second] = messages(2)
      if (first === undefined || second === undefined) return yield* Effect.dieMessage("no messages")
      yield* queue.message(first)
      const drained = yield* Effect.fork(queue.close("left", 60_000))
      yield* Effect.yieldNow()
      yield* queue.message(second)
      yield* gate.open
      yield* Fiber.join(drained)
      expect([...told].sort()).toEqual([
        ["message 0", true],
        ["message 1", false],
      ])
    }).pipe(quiet),
  )

  it.live("gives up what is too slow at the end, says so of its messages, and still tells that the room was left", () =>
    Effect.gen(function* () {
      const left: Array<string> = []
      const onRoomLeft: NonNullable<Hook["onRoomLeft"]> = (_, reason) => Effect.sync(() => void left.push(reason))
      const { queue, told } = yield* queueOver(hookOf(() => Effect.never, { onRoomLeft }))
      yield* Effect.forEach(messages(3), queue.message)
      yield* queue.close("left", 30)
      expect(left).toEqual(["left"])
      expect(told).toEqual([
        ["message 0", false],
        ["message 1", false],
        ["message 2", false],
      ])
    }).pipe(Effect.scoped, quiet),
  )
})
