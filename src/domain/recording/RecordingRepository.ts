import { Context, type Effect } from "effect"
import type { ConversationId, ConversationNotFound } from "../conversation/Conversation.ts"
import type { StorageError } from "../StorageError.ts"
import type { Recording } from "./Recording.ts"

export class RecordingRepository extends Context.Tag("parley/domain/recording/RecordingRepository")<
  RecordingRepository,
  {
    /** For an object that is there already. Storing the same id twice changes nothing. Goes with its conversation. */
    readonly insert: (recording: Recording) => Effect.Effect<void, ConversationNotFound | StorageError>
    /** In order of `startedAt`; at most 1,000. */
    readonly list: (conversationId: ConversationId) => Effect.Effect<ReadonlyArray<Recording>, StorageError>
  }
>() {}
