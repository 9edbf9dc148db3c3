import { DateTime, Effect, Option } from "effect"
import { Room, RoomId } from "../room/Room.ts"
import type { User } from "../user/User.ts"
import { uuidV7 } from "../Uuid.ts"
import { Conversation, ConversationId } from "./Conversation.ts"

export interface Opened {
  readonly room: Room
  readonly conversation: Conversation
}

/** Room names begin with this on the media server: others there are not ours. */
export const roomPrefix = "parley-"

/** A conversation that begins now, in a room of its own; nothing of it is stored. */
export const newConversation = Effect.fnUntraced(function* (
  user: User,
  roomName: Option.Option<string> = Option.none(),
): Effect.fn.Return<Opened> {
  const now = yield* DateTime.now
  const conversationId = ConversationId.make(yield* uuidV7)
  const room = new Room({
    id: RoomId.make(yield* uuidV7),
    livekitRoomId: Option.getOrElse(roomName, () => `${roomPrefix}${conversationId}`),
    name: `Conversation of ${user.name}`.slice(0, 200),
    createdBy: user.id,
    status: "open",
    createdAt: now,
    metadata: {},
  })
  const conversation = Conversation.make({
    id: conversationId,
    roomId: room.id,
    userId: user.id,
    startedAt: now,
    endedAt: Option.none(),
    metadata: {},
  })
  return { room, conversation }
})
