import { Context, Effect, Layer } from "effect"
import type { Turn } from "../domain/analytics/Turn.ts"
import { TurnRepository } from "../domain/analytics/TurnRepository.ts"
import type { Conversation, ConversationId, ConversationNotFound } from "../domain/conversation/Conversation.ts"
import type { ConversationSummary } from "../domain/conversation/Conversation.ts"
import { ConversationRepository, type ListRequest, type Page } from "../domain/conversation/ConversationRepository.ts"
import type { Message } from "../domain/conversation/Message.ts"
import { RecordingRepository } from "../domain/recording/RecordingRepository.ts"
import type { StorageError } from "../domain/StorageError.ts"
import { ObjectStore, type ObjectStoreError } from "../domain/store/ObjectStore.ts"
import type { User } from "../domain/user/User.ts"
import * as OwnConversation from "./OwnConversation.ts"

/** As many messages of one conversation as are shown at once. */
export const messagesMax = 1_000

const removalsAtOnce = 4

export interface ConversationRecord {
  readonly conversation: Conversation
  readonly messages: ReadonlyArray<Message>
  readonly turns: ReadonlyArray<Turn>
}

/** Past and present conversations, for the person who held them: those of others are not found. */
export class ConversationService extends Context.Tag("parley/services/ConversationService")<
  ConversationService,
  {
    readonly list: (
      user: User,
      page: Omit<ListRequest, "userId">,
    ) => Effect.Effect<Page<ConversationSummary>, StorageError>
    readonly get: (
      user: User,
      id: ConversationId,
    ) => Effect.Effect<ConversationRecord, ConversationNotFound | StorageError>
    /** With all that was recorded of it. Once it has succeeded nothing is left; when it fails, doing it again goes on with the rest. */
    readonly remove: (
      user: User,
      id: ConversationId,
    ) => Effect.Effect<void, ConversationNotFound | StorageError | ObjectStoreError>
  }
>() {}

const make = Effect.gen(function* () {
  const conversations = yield* ConversationRepository
  const turns = yield* TurnRepository
  const recordings = yield* RecordingRepository
  const objects = yield* ObjectStore

  const own = yield* OwnConversation.make

  return ConversationService.of({
    list: Effect.fn("ConversationService.list")((user, page) => conversations.list({ ...page, userId: user.id })),
    get: Effect.fn("ConversationService.get")(function* (user, id) {
      const conversation = yield* own(user, id)
      return yield* Effect.all(
        {
          conversation: Effect.succeed(conversation),
          messages: conversations.messages(id, messagesMax),
          turns: turns.list(id),
        },
        { concurrency: 2 },
      )
    }),
    remove: Effect.fn("ConversationService.remove")(function* (user, id) {
      yield* own(user, id)
      // Sound first: its rows are what tells where it is, and they go with the conversation.
      yield* Effect.forEach(yield* recordings.list(id), ({ key }) => objects.remove("recordings", key), {
        concurrency: removalsAtOnce,
        discard: true,
      })
      yield* conversations.remove(id)
    }),
  })
})

export const layer: Layer.Layer<
  ConversationService,
  never,
  ConversationRepository | TurnRepository | RecordingRepository | ObjectStore
> = Layer.effect(ConversationService, make)
