import { Effect, Queue, type Scope } from "effect"
import { ConnectionQuality, DisconnectReason, type Participant, type Room, RoomEvent } from "livekit-client"
import { eventTopic } from "../../../domain/media/LiveKitProtocol.ts"
import type { Quality } from "../../conversation/ConversationState.ts"
import { roomPolicy } from "./RoomPolicy.ts"

/** Why one is out of the room. `media`: sound does not get through any more. */
export type OutReason = "taken-over" | "closed" | "media" | "lost"

/** What happens in a room, as far as it matters here. */
export type RoomNews =
  /** Who is there, what they publish, and whether they are still heard of. */
  | { readonly _tag: "People" }
  | { readonly _tag: "Event"; readonly from: string; readonly text: string }
  | { readonly _tag: "Quality"; readonly quality: Quality }
  | { readonly _tag: "Sound" }
  | { readonly _tag: "Recording" }
  | { readonly _tag: "Away" }
  | { readonly _tag: "Back" }
  | { readonly _tag: "Out"; readonly reason: OutReason }

const qualities: Record<ConnectionQuality, Quality> = {
  [ConnectionQuality.Excellent]: "good",
  [ConnectionQuality.Good]: "good",
  [ConnectionQuality.Poor]: "poor",
  [ConnectionQuality.Lost]: "lost",
  [ConnectionQuality.Unknown]: "unknown",
}

const outReason = (reason: DisconnectReason | undefined): OutReason => {
  switch (reason) {
    case DisconnectReason.DUPLICATE_IDENTITY:
      return "taken-over"
    case DisconnectReason.PARTICIPANT_REMOVED:
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return "closed"
    case DisconnectReason.JOIN_FAILURE:
    case DisconnectReason.CONNECTION_TIMEOUT:
    case DisconnectReason.MEDIA_FAILURE:
      return "media"
    default:
      return "lost"
  }
}

const listen = (room: Room, tell: (news: RoomNews) => void) => {
  const people = () => tell({ _tag: "People" })
  const text = new TextDecoder()
  room
    .on(RoomEvent.ParticipantConnected, people)
    .on(RoomEvent.ParticipantDisconnected, people)
    .on(RoomEvent.TrackSubscribed, people)
    .on(RoomEvent.TrackUnsubscribed, people)
    .on(RoomEvent.DataReceived, (payload, from, _kind, topic) => {
      if (topic === eventTopic && from !== undefined) {
        tell({ _tag: "Event", from: from.identity, text: text.decode(payload) })
      }
    })
    .on(RoomEvent.ConnectionQualityChanged, (quality: ConnectionQuality, who: Participant) =>
      tell(who.isLocal ? { _tag: "Quality", quality: qualities[quality] } : { _tag: "People" }),
    )
    .on(RoomEvent.AudioPlaybackStatusChanged, () => tell({ _tag: "Sound" }))
    .on(RoomEvent.RecordingStatusChanged, () => tell({ _tag: "Recording" }))
    .on(RoomEvent.SignalReconnecting, () => tell({ _tag: "Away" }))
    .on(RoomEvent.Reconnecting, () => tell({ _tag: "Away" }))
    .on(RoomEvent.Reconnected, () => tell({ _tag: "Back" }))
    .on(RoomEvent.Disconnected, (reason) => tell({ _tag: "Out", reason: outReason(reason) }))
  // An event too long for one data message comes as a stream.
  room.registerTextStreamHandler(eventTopic, (reader, { identity }) => {
    void reader.readAll().then(
      (text) => tell({ _tag: "Event", from: identity, text }),
      () => undefined,
    )
  })
}

/** A device without a network says so long before the media server is missed. */
const watchNetwork = (room: Room, tell: (news: RoomNews) => void) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const offline = () => tell({ _tag: "Away" })
      const online = () => {
        if (room.state === "connected") tell({ _tag: "Back" })
      }
      window.addEventListener("offline", offline)
      window.addEventListener("online", online)
      return { offline, online }
    }),
    ({ offline, online }) =>
      Effect.sync(() => {
        window.removeEventListener("offline", offline)
        window.removeEventListener("online", online)
      }),
  )

/** What happens in a room from now on, in order. */
export const watchRoom = (room: Room): Effect.Effect<Queue.Dequeue<RoomNews>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const news = yield* Effect.acquireRelease(Queue.bounded<RoomNews>(roomPolicy.newsMax), Queue.shutdown)
    const tell = (item: RoomNews) => {
      if (!Queue.unsafeOffer(news, item)) void room.disconnect(false)
    }
    listen(room, tell)
    yield* watchNetwork(room, tell)
    return news
  })
