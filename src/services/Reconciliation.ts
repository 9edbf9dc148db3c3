import { Duration, Effect, Layer, Option, Schedule } from "effect"
import type { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import { conversationOfRoom } from "../domain/conversation/MediaRoom.ts"
import { MediaServer } from "../domain/media/MediaServer.ts"
import type { RoomRepository } from "../domain/room/RoomRepository.ts"
import type { DispatchQueue } from "../domain/store/DispatchQueue.ts"
import * as LeftRooms from "./LeftRooms.ts"
import * as OpenConversations from "./OpenConversations.ts"

const every = Duration.minutes(1)
/** Each call has a deadline of its own; this is for very many of them. */
const roundWithin = Duration.minutes(5)

/**
 * Brings store, queue and media server together again: at the start, and a minute after each round. Whatever was missed, a webhook,
 * a worker's last word, a crash, shows in what the three say of each other. Any number of processes may do it.
 */
const make = Effect.gen(function* () {
  const media = yield* MediaServer
  const tendOpen = yield* OpenConversations.make
  const tidyRooms = yield* LeftRooms.make

  const round = Effect.fn("Reconciliation.round")(function* () {
    const ours = (yield* media.rooms).filter(({ name }) => Option.isSome(conversationOfRoom(name)))
    const open = yield* tendOpen(new Set(ours.map(({ name }) => name)))
    yield* tidyRooms(ours, open)
  })

  let isTroubled = false
  const wentWell = Effect.suspend(() => {
    if (!isTroubled) return Effect.void
    isTroubled = false
    return Effect.logInfo("conversations are reconciled again")
  })
  /** Once for as long as it lasts: the round after it does what this one could not. */
  const wentBadly = (message: string) =>
    Effect.suspend(() => {
      if (isTroubled) return Effect.void
      isTroubled = true
      return Effect.logWarning(`conversations cannot be reconciled now: ${message}`)
    })

  yield* round().pipe(
    Effect.timeout(roundWithin),
    Effect.matchEffect({ onFailure: ({ message }) => wentBadly(message), onSuccess: () => wentWell }),
    Effect.catchAllDefect((defect) => Effect.logError("reconciliation failed", defect)),
    Effect.repeat(Schedule.spaced(every)),
    Effect.forkScoped,
  )
})

export const layer: Layer.Layer<never, never, MediaServer | DispatchQueue | ConversationRepository | RoomRepository> =
  Layer.scopedDiscard(make)
