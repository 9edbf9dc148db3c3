import { Effect } from "effect"
import { ConversationNotFound, type ConversationId } from "../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import type { User } from "../domain/user/User.ts"

/** Finds a person's own conversation; that of another is not found. */
export const make = Effect.map(ConversationRepository, (conversations) =>
  Effect.fnUntraced(function* (user: User, id: ConversationId) {
    const conversation = yield* conversations.get(id)
    if (conversation.userId !== user.id) return yield* new ConversationNotFound({ conversationId: id })
    return conversation
  }),
)
