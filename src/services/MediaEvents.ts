import { Context, Duration, Effect, FiberSet, Layer, Option } from "effect"
import type { ConversationId } from "../domain/conversation/Conversation.ts"
import type { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import { conversationOfRoom } from "../domain/conversation/MediaRoom.ts"
import type { MediaEvent } from "../domain/media/MediaEvent.ts"
import type { MediaServer } from "../domain/media/MediaServer.ts"
import type { RoomRepository } from "../domain/room/RoomRepository.ts"
import type { DispatchQueue } from "../domain/store/DispatchQueue.ts"
import * as Departures from "./Departures.ts"
import * as RoomNews from "./RoomNews.ts"

/** Whoever waits and leaves may come back for so long, and still have their place. */
export const departureGrace = Duration.seconds(30)

/** What is done or waited for beside, at once; what is more is left to the next reconciliation. */
const besideMax = 10_000
const actsMax = 16

/** Acts on what the media server tells of our rooms. */
export class MediaEvents extends Context.Tag("parley/services/MediaEvents")<
  MediaEvents,
  {
    /** Returns at once; what the event calls for is done beside. Events of rooms that are not ours are nothing to us. */
    readonly received: (event: MediaEvent) => Effect.Effect<void>
  }
>() {}

const make = Effect.gen(function* () {
  const departures = yield* Departures.make
  const news = RoomNews.make()
  const acts = yield* Effect.makeSemaphore(actsMax)
  const fibers = yield* FiberSet.make<void>()

  const beside = (work: Effect.Effect<void>) =>
    Effect.flatMap(FiberSet.size(fibers), (size) =>
      size < besideMax
        ? Effect.asVoid(FiberSet.run(fibers, work))
        : Effect.logWarning("more media events than can be acted on"),
    )

  /** Others are told by other processes: whether somebody is there is asked of the media server itself in the end. */
  const act = (work: Effect.Effect<void>, stillTrue: () => boolean, conversationId: ConversationId) =>
    Effect.suspend(() => (stillTrue() ? work : Effect.void)).pipe(
      acts.withPermits(1),
      Effect.annotateLogs({ conversationId }),
    )

  const received = (event: MediaEvent, id: ConversationId): Effect.Effect<void> => {
    const { room } = event
    switch (event._tag) {
      case "RoomStarted":
        return Effect.sync(() => news.lives(room, event.at))
      case "ParticipantJoined":
        return Effect.sync(() => (event.kind === "person" ? news.joined(room, event.at) : news.lives(room, event.at)))
      case "ParticipantLeft": {
        const stillTrue = event.kind === "person" ? news.left(room, event.at) : undefined
        if (stillTrue === undefined) return Effect.void
        return beside(Effect.delay(act(departures.personGone(room, id), stillTrue, id), departureGrace))
      }
      case "RoomFinished": {
        const stillTrue = news.finished(room, event.at)
        return stillTrue === undefined ? Effect.void : beside(act(departures.roomGone(room, id), stillTrue, id))
      }
      case "Other":
        return Effect.void
    }
  }

  return MediaEvents.of({
    received: Effect.fn("MediaEvents.received")((event) =>
      Option.match(conversationOfRoom(event.room), {
        onNone: () => Effect.void,
        onSome: (id) => received(event, id),
      }),
    ),
  })
})

export const layer: Layer.Layer<
  MediaEvents,
  never,
  MediaServer | DispatchQueue | ConversationRepository | RoomRepository
> = Layer.scoped(MediaEvents, make)
