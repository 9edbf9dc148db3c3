import { Context, type DateTime, type Effect, type Option } from "effect"
import type { StorageError } from "../StorageError.ts"
import type { UserId } from "../user/User.ts"
import type {
  Conversation,
  ConversationId,
  ConversationNotFound,
  ConversationSummary,
  EndReason,
  Fenced,
} from "./Conversation.ts"
import type { Message } from "./Message.ts"

export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** Opaque; hand it back for the next page. None: this was the last one. */
  readonly next: Option.Option<string>
}

export interface ListRequest {
  readonly userId: UserId
  /** 1 to 100. */
  readonly limit: number
  readonly cursor: Option.Option<string>
}

export interface OpenRequest {
  readonly startedBefore: DateTime.Utc
  /** 1 to 1,000. */
  readonly limit: number
  readonly cursor: Option.Option<string>
}

export interface OpenConversation {
  readonly conversation: Conversation
  /** Its room's name on the media server. */
  readonly room: string
}

export class ConversationRepository extends Context.Tag("parley/domain/conversation/ConversationRepository")<
  ConversationRepository,
  {
    /** Storing the same id twice changes nothing. */
    readonly insert: (conversation: Conversation) => Effect.Effect<void, StorageError>
    readonly get: (id: ConversationId) => Effect.Effect<Conversation, ConversationNotFound | StorageError>
    /** The newest that has not ended in the room of this name on the media server. */
    readonly findOpenByLiveKitRoom: (livekitRoomId: string) => Effect.Effect<Option.Option<Conversation>, StorageError>
    /** Newest first, in an order that does not change while paging. An unknown cursor starts over. */
    readonly list: (request: ListRequest) => Effect.Effect<Page<ConversationSummary>, StorageError>
    /** Those in rooms of the media server (see `inMediaRoom`) that have not ended, oldest first. An unknown cursor starts over. */
    readonly listOpen: (request: OpenRequest) => Effect.Effect<Page<OpenConversation>, StorageError>
    /** The first end counts; ending again changes nothing. */
    readonly end: (
      id: ConversationId,
      end: { readonly at: DateTime.Utc; readonly reason: EndReason },
    ) => Effect.Effect<void, ConversationNotFound | StorageError>
    /**
     * Ends every conversation that is still open, at the time of its newest message, with the reason `error`, and closes its room; answers
     * how many. For the one process that owns the store, when it starts: a process that died could not do it.
     */
    readonly endLeftOpen: Effect.Effect<number, StorageError>
    /** Deletes the conversation with its messages and turns. */
    readonly remove: (id: ConversationId) => Effect.Effect<void, ConversationNotFound | StorageError>
    /**
     * From here on what comes with a lower fence is refused: another worker goes on with the conversation. A fence that is not higher
     * than the stored one changes nothing.
     */
    readonly takeOver: (id: ConversationId, fence: number) => Effect.Effect<void, ConversationNotFound | StorageError>
    /**
     * Once this succeeds the message is durable. Storing the same id twice changes nothing. `Fenced`: the conversation was taken over
     * under a higher fence than `fence`, and the message is not stored.
     */
    readonly addMessage: (
      message: Message,
      fence: number,
    ) => Effect.Effect<void, ConversationNotFound | Fenced | StorageError>
    /** In the order in which they were said; at most the newest `limit`. */
    readonly messages: (id: ConversationId, limit: number) => Effect.Effect<ReadonlyArray<Message>, StorageError>
  }
>() {}
