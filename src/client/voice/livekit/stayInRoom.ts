import { Clock, Deferred, Effect, Option, Queue, type Scope } from "effect"
import type { Room } from "livekit-client"
import type { ConversationEvent } from "../../../domain/media/ConversationEvent.ts"
import type { ParleyClient } from "../../api/ParleyClient.ts"
import type { Trouble } from "../../conversation/Trouble.ts"
import { decodeEvent } from "./Assistant.ts"
import { type Company, type CompanyOptions, makeCompany } from "./Company.ts"
import type { OutReason, RoomNews } from "./RoomNews.ts"

/** Why one is not in the room any more: the conversation is over, which has been dispatched, or `reason`. */
export type Stay = { readonly _tag: "Over" } | { readonly _tag: "Out"; readonly reason: OutReason }

interface Options extends CompanyOptions {
  readonly news: Queue.Dequeue<RoomNews>
}

/** Names are for others: to the person at this page they are themselves. */
const withoutOwnName = (room: Room, event: ConversationEvent): ConversationEvent => {
  if (event._tag !== "UserTranscript" || event.speaker === undefined) return event
  const { identity, name } = room.localParticipant
  if (event.speaker !== name && event.speaker !== identity) return event
  const { speaker: _, ...rest } = event
  return rest
}

const receive = ({ dispatch, link, room }: Options, from: string, text: string) =>
  Effect.gen(function* () {
    // Whoever else is in the room does not speak for the assistant.
    const event = room.remoteParticipants.get(from)?.isAgent === true ? decodeEvent(text) : Option.none()
    if (Option.isNone(event)) return undefined
    const message = withoutOwnName(room, event.value)
    if (message._tag === "MessageStored" || message._tag === "MessageNotStored") link.settle(message.messageId)
    dispatch({ _tag: "Received", message, at: yield* Clock.currentTimeMillis })
    return message
  })

/** Undefined: still in the room. `isAway`: the connection is lost for now, and who is there is not known. */
const take = (
  options: Options,
  company: Company,
  item: RoomNews,
  isAway: boolean,
): Effect.Effect<Stay | undefined, Trouble, ParleyClient> =>
  Effect.gen(function* () {
    const { dispatch, room } = options
    switch (item._tag) {
      case "Out":
        return { _tag: "Out", reason: item.reason }
      case "Event": {
        const message = yield* receive(options, item.from, item.text)
        return message?._tag === "Ended" ? { _tag: "Over" } : undefined
      }
      case "People":
        if (!isAway) yield* company.look
        break
      case "Away":
        yield* company.leave
        break
      case "Back":
        yield* company.look
        break
      case "Quality":
        dispatch({ _tag: "QualityChanged", quality: item.quality })
        break
      case "Sound":
        dispatch({ _tag: "SoundChanged", blocked: !room.canPlaybackAudio })
        break
      case "Recording":
        dispatch({ _tag: "RecordedChanged", recorded: room.isRecording })
        break
    }
    return undefined
  })

const gaveUp = { _tag: "Out", reason: "lost" } as const

/** From the joining of a room until one is out of it. */
export const stayInRoom = (options: Options): Effect.Effect<Stay, Trouble, Scope.Scope | ParleyClient> =>
  Effect.gen(function* () {
    const { dispatch, news } = options
    const failed = yield* Deferred.make<never, Trouble>()
    const company = yield* makeCompany(options, failed)
    yield* Effect.addFinalizer(() => company.leave)
    yield* company.look
    const follow = Effect.gen(function* () {
      let giveUpAt: number | undefined
      for (;;) {
        const now = yield* Clock.currentTimeMillis
        const item = yield* giveUpAt === undefined
          ? Queue.take(news)
          : Effect.timeoutTo(Queue.take(news), {
              duration: Math.max(0, giveUpAt - now),
              onSuccess: (item) => item,
              onTimeout: () => gaveUp,
            })
        if (item._tag === "Away" && giveUpAt === undefined) {
          giveUpAt = now + options.bond.returnWithin
          dispatch({ _tag: "Lost", attempt: 1, nextTryAt: undefined, giveUpAt })
        }
        if (item._tag === "Back") giveUpAt = undefined
        const stay = yield* take(options, company, item, giveUpAt !== undefined)
        if (stay !== undefined) return stay
      }
    })
    return yield* Effect.raceFirst(follow, Deferred.await(failed))
  })
