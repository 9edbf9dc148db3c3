import { DisconnectReason, RoomEvent, TrackPublishOptions, TrackSource } from "@livekit/rtc-node"
import { Deferred, Duration, Effect, Exit, Redacted, type Scope } from "effect"
import { type RoomLost, RoomNotJoined } from "../../../domain/media/AssistantRoom.ts"
import { within } from "../../../domain/Within.ts"
import type { MediaSdk, VoiceOutlet } from "./ffi/MediaSdk.ts"
import { depart } from "./People.ts"
import { leave, type RoomLine } from "./RoomLine.ts"

const lostBy = (reason: DisconnectReason): RoomLost => {
  switch (reason) {
    case DisconnectReason.PARTICIPANT_REMOVED:
      return "removed"
    case DisconnectReason.ROOM_DELETED:
    case DisconnectReason.ROOM_CLOSED:
      return "room-closed"
    case DisconnectReason.DUPLICATE_IDENTITY:
      return "replaced"
    default:
      return "connection-lost"
  }
}

/** The assistant's being in a room: its connection, and the track that its voice goes out by. */
export interface Membership {
  /** In the room and published until the scope closes; `before` is called before the room is left, or once it is lost. */
  readonly enter: (outputSampleRate: number, before: () => void) => Effect.Effect<void, RoomNotJoined, Scope.Scope>
  readonly capture: (samples: Int16Array) => void
  /** Called whenever the connection works again. */
  readonly onLink: (linked: () => void) => void
  readonly lost: Effect.Effect<RoomLost>
}

const ignore = () => undefined

/** Given up, it leaves the room as soon as it is in it. */
const connect = (line: RoomLine, sdk: MediaSdk, notJoined: (cause: unknown) => RoomNotJoined) =>
  Effect.async<void, RoomNotJoined>((resume) => {
    const { grant } = line.request
    let abandoned = false
    line.room
      .connect(grant.url.href, Redacted.value(grant.token), {
        autoSubscribe: false,
        dynacast: false,
        dataStream: { maxPayloadByteLength: line.policy.textBytesMax },
      })
      .then(
        () => (abandoned ? line.room.disconnect() : resume(Effect.void)),
        (cause: unknown) => resume(Effect.fail(notJoined(cause))),
      )
      .catch(ignore)
      .finally(() => abandoned && sdk.forget(line.room))
    return Effect.sync(() => {
      abandoned = true
    })
  })

const publish = async (line: RoomLine, outlet: VoiceOutlet) => {
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE })
  await line.room.localParticipant?.publishTrack(outlet.track, options)
}

export const make = Effect.fnUntraced(function* (line: RoomLine, sdk: MediaSdk): Effect.fn.Return<Membership> {
  const { room } = line
  const lost = yield* Deferred.make<RoomLost>()
  let outlet: VoiceOutlet | undefined
  let leaving = false
  let before = () => {}
  let linked = () => {}

  const link = (works: boolean) => {
    line.linked = works
    line.signal.notify()
    if (works) linked()
  }

  const lose = (reason: DisconnectReason) => {
    if (leaving || line.lost) return
    line.lost = true
    link(false)
    depart(line, line.personSid)
    before()
    Deferred.unsafeDone(lost, Exit.succeed(lostBy(reason)))
  }

  room
    .on(RoomEvent.Reconnecting, () => link(false))
    .on(RoomEvent.Reconnected, () => link(true))
    .on(RoomEvent.Disconnected, lose)

  /** The voice ends before the room: what is captured for a source that is gone is refused. */
  const out = Effect.gen(function* () {
    leaving = true
    leave(line)
    line.linked = false
    before()
    yield* within(line.policy.leaveWithin)(Effect.promise(() => room.disconnect().catch(ignore)))
    outlet?.close()
    sdk.forget(room)
    room.removeAllListeners()
  })

  const enter = Effect.fnUntraced(function* (outputSampleRate: number, beforeLeaving: () => void) {
    const notJoined = (cause: unknown) =>
      new RoomNotJoined({
        room: line.request.grant.room,
        detail: cause instanceof Error ? cause.message : String(cause),
      })
    const inTime = <A>(effect: Effect.Effect<A, RoomNotJoined>) =>
      Effect.timeoutFail(effect, {
        duration: line.policy.joinWithin,
        onTimeout: () => notJoined(`no answer within ${Duration.format(line.policy.joinWithin)}`),
      })
    before = beforeLeaving
    yield* Effect.uninterruptibleMask((restore) =>
      Effect.zipRight(
        restore(inTime(connect(line, sdk, notJoined))).pipe(Effect.onError(() => Effect.sync(() => sdk.forget(room)))),
        Effect.addFinalizer(() => out),
      ),
    )
    const made = sdk.openVoice(outputSampleRate)
    outlet = made
    yield* inTime(Effect.tryPromise({ try: () => publish(line, made), catch: notJoined }))
    link(true)
  })

  return {
    enter,
    capture: (samples) => outlet?.capture(samples),
    onLink: (then) => {
      linked = then
    },
    lost: Deferred.await(lost),
  }
})
