import { Context, type Effect } from "effect"
import type { ConversationId, ConversationNotFound } from "../conversation/Conversation.ts"
import type { StorageError } from "../StorageError.ts"
import type { Turn } from "./Turn.ts"

export class TurnRepository extends Context.Tag("parley/domain/analytics/TurnRepository")<
  TurnRepository,
  {
    /** Storing the same id twice changes nothing. */
    readonly insert: (turn: Turn) => Effect.Effect<void, ConversationNotFound | StorageError>
    /** In order of `index`; at most 1,000. */
    readonly list: (conversationId: ConversationId) => Effect.Effect<ReadonlyArray<Turn>, StorageError>
  }
>() {}
