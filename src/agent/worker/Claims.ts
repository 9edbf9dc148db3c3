import type { ConversationId } from "../../domain/conversation/Conversation.ts"

/** Conversations whose claims are remembered; what is forgotten is tried more often than it would be. */
const conversationsMax = 1_000

/** How often this worker has claimed a conversation, until it is over: what cannot be begun is not tried for ever. */
export const make = () => {
  const counts = new Map<ConversationId, number>()
  return {
    claimed: (id: ConversationId): number => {
      const count = (counts.get(id) ?? 0) + 1
      counts.delete(id)
      counts.set(id, count)
      for (const oldest of counts.keys()) if (counts.size > conversationsMax) counts.delete(oldest)
      return count
    },
    over: (id: ConversationId) => void counts.delete(id),
  }
}
