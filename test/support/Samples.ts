import { DateTime, Option } from "effect"
import { Conversation, ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { Message, MessageId } from "../../src/domain/conversation/Message.ts"
import { Room, RoomId } from "../../src/domain/room/Room.ts"
import { User, UserId } from "../../src/domain/user/User.ts"

/** 2026-11-01 and so many seconds. */
export const at = (seconds: number) => DateTime.unsafeMake(Date.UTC(2026, 10, 1) + seconds * 1_000)

export const user = (): User => {
  const id = UserId.make(crypto.randomUUID())
  return new User({ id, email: `${id}@example.org`, name: "Ada", createdAt: at(0), updatedAt: at(0) })
}

export const room = (createdBy: UserId): Room => {
  const id = RoomId.make(crypto.randomUUID())
  return new Room({
    id,
    livekitRoomId: `room-${id}`,
    name: "Kitchen",
    createdBy,
    status: "open",
    createdAt: at(0),
    metadata: {},
  })
}

export const conversation = (room: Room, startedSeconds = 0): Conversation =>
  new Conversation({
    id: ConversationId.make(crypto.randomUUID()),
    roomId: room.id,
    userId: room.createdBy,
    startedAt: at(startedSeconds),
    endedAt: Option.none(),
    metadata: {},
  })

export const message = (
  conversationId: ConversationId,
  content: string,
  more: Partial<Pick<Message, "role" | "timestamp" | "metadata">> = {},
): Message =>
  new Message({
    id: MessageId.make(crypto.randomUUID()),
    conversationId,
    content,
    role: "user",
    timestamp: at(1),
    metadata: {},
    ...more,
  })
