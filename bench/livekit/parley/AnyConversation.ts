import { DateTime, Effect, Layer, Option } from "effect"
import {
  Conversation,
  type ConversationId,
  ConversationNotFound,
} from "../../../src/domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../../src/domain/conversation/ConversationRepository.ts"
import { RecordingRepository } from "../../../src/domain/recording/RecordingRepository.ts"
import { ObjectStore } from "../../../src/domain/store/ObjectStore.ts"
import { Room, RoomId } from "../../../src/domain/room/Room.ts"
import { RoomRepository } from "../../../src/domain/room/RoomRepository.ts"
import { User, UserId } from "../../../src/domain/user/User.ts"
import { UserRepository } from "../../../src/domain/user/UserRepository.ts"

const userId = UserId.make("00000000-0000-4000-8000-000000000001")
const roomId = RoomId.make("00000000-0000-4000-8000-000000000002")

/** What LiveKit dispatches gets a conversation of its own, under a UUID of version 8; what was enqueued is there already. */
const isOfLiveKit = (id: ConversationId) => id[14] === "8"

/** A store that has whatever conversation is asked for: a database is no part of what is measured. */
export const layer = Layer.unwrapEffect(
  Effect.map(DateTime.now, (now) => {
    const inserted = new Set<ConversationId>()
    return Layer.mergeAll(
      // Nobody is recorded.
      Layer.mock(ObjectStore, {}),
      Layer.mock(RecordingRepository, {}),
      Layer.mock(UserRepository, {
        upsertByEmail: Effect.succeed,
        get: (id) =>
          Effect.succeed(new User({ id, email: "ada@localhost", name: "Ada", createdAt: now, updatedAt: now })),
      }),
      Layer.mock(RoomRepository, {
        insert: () => Effect.void,
        open: Effect.succeed,
        get: (id) =>
          Effect.succeed(
            new Room({
              id,
              livekitRoomId: "bench",
              name: "bench",
              createdBy: userId,
              status: "open",
              createdAt: now,
              metadata: {},
            }),
          ),
      }),
      Layer.mock(ConversationRepository, {
        insert: ({ id }) => Effect.sync(() => void inserted.add(id)),
        findOpenByLiveKitRoom: () => Effect.succeedNone,
        takeOver: () => Effect.void,
        messages: () => Effect.succeed([]),
        end: () => Effect.void,
        get: (id) =>
          isOfLiveKit(id) && !inserted.has(id)
            ? new ConversationNotFound({ conversationId: id })
            : Effect.succeed(
                new Conversation({ id, roomId, userId, startedAt: now, endedAt: Option.none(), metadata: {} }),
              ),
      }),
    )
  }),
)
