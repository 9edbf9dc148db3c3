import { DateTime, Duration, Effect, Layer } from "effect"
import { ConversationRepository } from "../../domain/conversation/ConversationRepository.ts"
import { type HookContext, LifecycleHooks } from "../../domain/hook/LifecycleHooks.ts"
import { RoomRepository } from "../../domain/room/RoomRepository.ts"
import { storing } from "./HookFailure.ts"

const name = "conversation"

/**
 * Stores the conversation, every message and the end. Messages that come while the store is away wait in the
 * conversation's queue of hook calls and are stored in order when it is back.
 */
export const layer: Layer.Layer<never, never, LifecycleHooks | RoomRepository | ConversationRepository> =
  Layer.scopedDiscard(
    Effect.gen(function* () {
      const hooks = yield* LifecycleHooks
      const rooms = yield* RoomRepository
      const conversations = yield* ConversationRepository
      const insert = ({ conversation, room }: HookContext) =>
        Effect.zipRight(rooms.insert(room), conversations.insert(conversation))

      yield* hooks.register({
        name,
        timeout: Duration.seconds(60),
        onFailure: "ignore",
        storesMessages: true,
        onRoomJoined: (context) => storing(name, "onRoomJoined")(insert(context)),
        onMessageReceived: (context, message) =>
          conversations.addMessage(message, context.fence).pipe(
            // The store was away when the conversation began, for longer than its hook could wait.
            Effect.catchTag("ConversationNotFound", () =>
              Effect.zipRight(insert(context), conversations.addMessage(message, context.fence)),
            ),
            storing(name, "onMessageReceived"),
          ),
        onRoomLeft: ({ conversation }, reason) =>
          reason === "handover"
            ? undefined
            : Effect.flatMap(DateTime.now, (at) => conversations.end(conversation.id, { at, reason })).pipe(
                storing(name, "onRoomLeft"),
              ),
      })
    }),
  )
