import { DateTime, Effect, Option } from "effect"
import type { ConversationId } from "../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import { MediaServer, type MediaServerError } from "../domain/media/MediaServer.ts"
import { RoomRepository } from "../domain/room/RoomRepository.ts"
import type { StorageError } from "../domain/StorageError.ts"
import { DispatchQueue, type QueueUnavailable } from "../domain/store/DispatchQueue.ts"
import * as ConversationEnd from "./ConversationEnd.ts"

/** What cannot be done now is found again by the next reconciliation. */
const left = Effect.catchAll((error: MediaServerError | QueueUnavailable | StorageError) =>
  Effect.logWarning(`a departure is left to reconciliation: ${error.message}`),
)

/** What follows when a person, or the whole room, is gone. Each is only done when the media server shows nobody there. */
export const make = Effect.gen(function* () {
  const media = yield* MediaServer
  const queue = yield* DispatchQueue
  const conversations = yield* ConversationRepository
  const rooms = yield* RoomRepository
  const end = yield* ConversationEnd.make

  const isEmpty = (room: string) =>
    Effect.map(media.participants(room), (participants) => !participants.some(({ kind }) => kind === "person"))

  const find = (id: ConversationId) =>
    Effect.catchTag(Effect.asSome(conversations.get(id)), "ConversationNotFound", () => Effect.succeedNone)

  const withdrawAndEnd = Effect.fnUntraced(function* (id: ConversationId) {
    yield* queue.withdraw(id)
    const conversation = yield* find(id)
    if (Option.isSome(conversation)) yield* end(conversation.value, { at: yield* DateTime.now, reason: "left" })
  }, Effect.uninterruptible)

  const personGone = Effect.fn("Departures.personGone")(function* (room: string, id: ConversationId) {
    // Whoever holds the conversation sees for itself who leaves, and waits as long as is right.
    if ((yield* queue.place(id))._tag !== "Waiting" || !(yield* isEmpty(room))) return
    yield* withdrawAndEnd(id)
    yield* Effect.logInfo("nobody waits any more")
  }, left)

  const roomGone = Effect.fn("Departures.roomGone")(function* (room: string, id: ConversationId) {
    if (!(yield* isEmpty(room))) return
    // Who holds it is out of the room as well, and stores the same end, unless it is dead.
    if ((yield* queue.place(id))._tag !== "Unknown") return yield* withdrawAndEnd(id)
    // Whoever held it has ended it, or is about to.
    const conversation = yield* find(id)
    if (Option.isNone(conversation)) return
    yield* Effect.catchTag(rooms.close(conversation.value.roomId), "RoomNotFound", () => Effect.void)
  }, left)

  return { personGone, roomGone }
})
