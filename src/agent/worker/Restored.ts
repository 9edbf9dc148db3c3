import { Effect, Option, Schedule } from "effect"
import type { Conversation } from "../../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../domain/conversation/ConversationRepository.ts"
import type { Message } from "../../domain/conversation/Message.ts"
import type { Room } from "../../domain/room/Room.ts"
import { RoomRepository } from "../../domain/room/RoomRepository.ts"
import { StorageError } from "../../domain/StorageError.ts"
import type { Lease } from "../../domain/store/DispatchJob.ts"
import type { User } from "../../domain/user/User.ts"
import { UserRepository } from "../../domain/user/UserRepository.ts"
import type { HostPolicy } from "./HostPolicy.ts"
import { NotHosted } from "./NotHosted.ts"

/** What the store knows of a conversation. */
export interface Restored {
  readonly user: User
  readonly room: Room
  readonly conversation: Conversation
  /** Oldest first. */
  readonly messages: ReadonlyArray<Message>
}

const over = (message: string) => new NotHosted({ reason: "over", message })

const read = Effect.fnUntraced(function* ({ fence, job }: Lease, policy: HostPolicy) {
  const conversations = yield* ConversationRepository
  const conversation = yield* conversations.get(job.conversationId)
  if (Option.isSome(conversation.endedAt)) return yield* over("the conversation has ended")
  // Before the messages are read: from here on an earlier worker can add none.
  yield* conversations.takeOver(job.conversationId, fence)
  const messages = yield* conversations.messages(job.conversationId, policy.messagesMax)
  const user = yield* Effect.flatMap(UserRepository, (users) => users.get(conversation.userId))
  const room = yield* Effect.flatMap(RoomRepository, (rooms) => rooms.get(conversation.roomId))
  const restored: Restored = { user, room, conversation, messages }
  return restored
})

const backoff = Schedule.exponential("250 millis").pipe(Schedule.union(Schedule.spaced("2 seconds")), Schedule.jittered)

/** Takes the conversation over in the store and reads it; a store that is away is asked again, for so long. */
export const load = (lease: Lease, policy: HostPolicy) => {
  const attempt = read(lease, policy).pipe(
    Effect.timeoutFail({
      duration: policy.restoreAttempt,
      onTimeout: () => new StorageError({ operation: "Restored.load", cause: "no answer" }),
    }),
    Effect.catchTags({
      ConversationNotFound: (error) => over(error.message),
      UserNotFound: () => over("its person is not there any more"),
      RoomNotFound: () => over("its room is not there any more"),
    }),
  )
  let isAway = false
  return attempt.pipe(
    Effect.tapErrorTag("StorageError", (error) => {
      if (isAway) return Effect.void
      isAway = true
      return Effect.logWarning(`the conversation waits for the store: ${error.message}`)
    }),
    Effect.retry({ schedule: backoff, while: (error) => error._tag === "StorageError" }),
    Effect.catchTag("StorageError", (error) => new NotHosted({ reason: "store-away", message: error.message })),
    Effect.timeoutFail({
      duration: policy.restoreWithin,
      onTimeout: () => new NotHosted({ reason: "store-away", message: "the store stayed away" }),
    }),
  )
}
