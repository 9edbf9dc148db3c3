import { type DateTime, Effect } from "effect"
import type { Conversation, EndReason } from "../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import { RoomRepository } from "../domain/room/RoomRepository.ts"

export interface End {
  readonly at: DateTime.Utc
  readonly reason: EndReason
}

/** Ends a conversation that nobody holds, in the store. What has ended or was removed is over already. */
export const make = Effect.gen(function* () {
  const conversations = yield* ConversationRepository
  const rooms = yield* RoomRepository
  return Effect.fnUntraced(function* ({ id, roomId }: Conversation, end: End) {
    yield* Effect.catchTag(conversations.end(id, end), "ConversationNotFound", () => Effect.void)
    yield* Effect.catchTag(rooms.close(roomId), "RoomNotFound", () => Effect.void)
  })
})
