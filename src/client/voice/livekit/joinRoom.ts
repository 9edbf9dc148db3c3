import { Data, Effect, type Scope } from "effect"
import { ConnectionError, ConnectionErrorReason, Room, RoomEvent, setLogLevel } from "livekit-client"
import type { Join } from "../../../http/api/TalkApi.ts"
import { roomPolicy } from "./RoomPolicy.ts"

/** `media`: the media server answers but sound does not get through. `refused`: it takes the token no more. */
export class NotJoined extends Data.TaggedError("NotJoined")<{
  readonly reason: "media" | "unreachable" | "refused"
}> {}

const reasonOf = (cause: unknown, signalled: boolean): NotJoined["reason"] => {
  if (cause instanceof ConnectionError && cause.reason === ConnectionErrorReason.NotAllowed) return "refused"
  return signalled ? "media" : "unreachable"
}

/** A room to be joined, left with the scope. The microphone is not the room's to stop. */
export const makeRoom: Effect.Effect<Room, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    setLogLevel("warn")
    return new Room({ stopLocalTrackOnUnpublish: false })
  }),
  (room) =>
    Effect.promise(() => room.disconnect(false)).pipe(
      Effect.interruptible,
      Effect.timeoutOption(roomPolicy.leaveWithin),
      Effect.ignore,
    ),
)

/** Returns once sound can flow both ways. */
export const joinRoom = (
  room: Room,
  { token, url }: Extract<Join, { readonly _tag: "LiveKit" }>,
): Effect.Effect<void, NotJoined> =>
  Effect.suspend(() => {
    let signalled = false
    room.once(RoomEvent.SignalConnected, () => (signalled = true))
    return Effect.tryPromise({
      try: () =>
        room.connect(url, token, {
          websocketTimeout: roomPolicy.signalWithin,
          peerConnectionTimeout: roomPolicy.mediaWithin,
        }),
      catch: (cause) => new NotJoined({ reason: reasonOf(cause, signalled) }),
    }).pipe(
      // The client's own bounds lie within; this one holds for what they do not cover.
      Effect.timeoutFail({
        duration: 2 * (roomPolicy.signalWithin + roomPolicy.mediaWithin),
        onTimeout: () => new NotJoined({ reason: signalled ? "media" : "unreachable" }),
      }),
    )
  })
