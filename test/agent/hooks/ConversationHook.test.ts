import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Option, TestClock } from "effect"
import * as ConversationHook from "../../../src/agent/hooks/ConversationHook.ts"
import * as HookRegistry from "../../../src/agent/hooks/HookRegistry.ts"
import { ConversationNotFound } from "../../../src/domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../../src/domain/conversation/ConversationRepository.ts"
import { LifecycleHooks } from "../../../src/domain/hook/LifecycleHooks.ts"
import { RoomRepository } from "../../../src/domain/room/RoomRepository.ts"
import { StorageError } from "../../../src/domain/StorageError.ts"
import { message } from "../../support/Samples.ts"
import { context } from "../../support/Talk.ts"

const { conversation, room } = context
const messages = ["one", "two", "three"].map((content) => message(conversation.id, content))
const away = new StorageError({ operation: "Repository.method", cause: new Error("no connection") })

/** Notes what it stores, in order; goes away, and may know nothing of the conversation yet. */
class Store extends Context.Tag("test/Store")<
  Store,
  { isAway: boolean; missing: boolean; readonly calls: Array<string> }
>() {}

const repositories = Layer.unwrapEffect(
  Effect.map(Store, (store) => {
    const stores = (call: string): Effect.Effect<void, StorageError> =>
      Effect.suspend((): Effect.Effect<void, StorageError> =>
        store.isAway ? away : Effect.sync(() => void store.calls.push(call)),
      )
    return Layer.merge(
      Layer.mock(RoomRepository, { insert: ({ id }) => stores(`room ${id === room.id}`) }),
      Layer.mock(ConversationRepository, {
        insert: ({ id }) =>
          Effect.tap(stores(`conversation ${id === conversation.id}`), () =>
            Effect.sync(() => void (store.missing = false)),
          ),
        addMessage: ({ content, conversationId }) =>
          Effect.suspend((): Effect.Effect<void, StorageError | ConversationNotFound> =>
            store.missing && !store.isAway
              ? Effect.fail(new ConversationNotFound({ conversationId }))
              : stores(content),
          ),
        end: (_, { reason }) => stores(`end ${reason}`),
      }),
    )
  }),
)
const live = ConversationHook.layer.pipe(
  Layer.provide(repositories),
  Layer.provideMerge(HookRegistry.layer),
  Layer.provideMerge(Layer.sync(Store, () => ({ isAway: false, missing: false, calls: [] }))),
)

const joined = Effect.flatMap(LifecycleHooks, (hooks) =>
  hooks.run("onRoomJoined", (hook) => hook.onRoomJoined?.(context)),
)
const left = Effect.flatMap(LifecycleHooks, (hooks) =>
  hooks.run("onRoomLeft", (hook) => hook.onRoomLeft?.(context, "left")),
)
const received = Effect.flatMap(LifecycleHooks, (hooks) =>
  Effect.map(
    Effect.forEach(messages, (message) =>
      hooks.run("onMessageReceived", (hook) => hook.onMessageReceived?.(context, message)),
    ),
    (outcomes) => outcomes.flat().map(({ error }) => Option.isNone(error)),
  ),
)

describe("the hook that stores a conversation", () => {
  it.effect("stores the room, the conversation, every message, and the end", () =>
    Effect.gen(function* () {
      yield* joined
      expect(yield* received).toEqual([true, true, true])
      yield* left
      expect((yield* Store).calls).toEqual(["room true", "conversation true", "one", "two", "three", "end left"])
    }).pipe(Effect.provide(live)),
  )

  it.effect("says of itself that it stores messages", () =>
    Effect.gen(function* () {
      const [outcome] = yield* joined
      expect(outcome?.hook.storesMessages).toBe(true)
    }).pipe(Effect.provide(live)),
  )

  it.effect("waits for a store that is away, and keeps the order", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* joined
      store.isAway = true
      const storing = yield* Effect.fork(received)
      yield* TestClock.adjust("20 seconds")
      expect(store.calls).toEqual(["room true", "conversation true"])
      store.isAway = false
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.join(storing)).toEqual([true, true, true])
      expect(store.calls.slice(2)).toEqual(["one", "two", "three"])
    }).pipe(Effect.provide(live)),
  )

  it.effect("gives up after its own time, and tells so", () =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* joined
      store.isAway = true
      const storing = yield* Effect.fork(received)
      yield* TestClock.adjust("59 seconds")
      expect(storing.unsafePoll()).toBeNull()
      yield* TestClock.adjust("2 seconds")
      store.isAway = false
      yield* TestClock.adjust("5 seconds")
      expect(yield* Fiber.join(storing)).toEqual([false, true, true])
    }).pipe(Effect.provide(live)),
  )

  it.effect("stores the conversation late when its beginning was missed", () =>
    Effect.gen(function* () {
      const store = yield* Store
      store.missing = true
      expect(yield* received).toEqual([true, true, true])
      expect(store.calls).toEqual(["room true", "conversation true", "one", "two", "three"])
    }).pipe(Effect.provide(live)),
  )
})
