import { DateTime, Effect, Option } from "effect"
import type { ConversationId } from "../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import { conversationOfRoom } from "../domain/conversation/MediaRoom.ts"
import { type MediaRoom, MediaServer } from "../domain/media/MediaServer.ts"
import { settledAfter } from "./OpenConversations.ts"

const concurrency = 8

/**
 * Closes rooms of ours on the media server whose conversation has ended, or is not there, once no person is in them. `open`: the
 * names of those that are known to go on.
 */
export const make = Effect.gen(function* () {
  const media = yield* MediaServer
  const conversations = yield* ConversationRepository

  const isOver = (id: ConversationId) =>
    conversations.get(id).pipe(
      Effect.map(({ endedAt }) => Option.isSome(endedAt)),
      Effect.catchTag("ConversationNotFound", () => Effect.succeed(true)),
    )

  const tidy = Effect.fnUntraced(function* (room: string, id: ConversationId) {
    if (!(yield* isOver(id))) return
    const participants = yield* media.participants(room)
    if (participants.some(({ kind }) => kind === "person")) return
    yield* media.closeRoom(room)
    yield* Effect.logInfo("a room that was left over was closed")
  })

  return Effect.fn("LeftRooms.tidy")(function* (rooms: ReadonlyArray<MediaRoom>, open: ReadonlySet<string>) {
    const settled = DateTime.subtractDuration(yield* DateTime.now, settledAfter)
    yield* Effect.forEach(
      rooms.filter(({ createdAt, name }) => !open.has(name) && DateTime.lessThan(createdAt, settled)),
      ({ name }) =>
        Option.match(conversationOfRoom(name), {
          onNone: () => Effect.void,
          onSome: (conversationId) =>
            tidy(name, conversationId).pipe(
              Effect.catchAllDefect((defect) => Effect.logError("closing a room failed", defect)),
              Effect.annotateLogs({ conversationId }),
            ),
        }),
      { concurrency, discard: true },
    )
  })
})
