import { Room, type RoomOptions, RoomEvent } from "@livekit/rtc-node"
import { Deferred, Effect, Redacted } from "effect"
import type { JoinGrant } from "../../../src/domain/media/MediaServer.ts"

/** In the room until the scope closes; `out` returns once it was shown out. */
export const join = ({ token, url }: JoinGrant, more: Partial<RoomOptions> = {}) =>
  Effect.gen(function* () {
    const out = yield* Deferred.make<void>()
    const room = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const room = new Room()
        room.on(RoomEvent.Disconnected, () => Deferred.unsafeDone(out, Effect.void))
        await room.connect(url.href, Redacted.value(token), { autoSubscribe: true, dynacast: false, ...more })
        return room
      }),
      (room) => Effect.promise(() => room.disconnect()),
    )
    return { room, out: Deferred.await(out).pipe(Effect.timeout("5 seconds")) }
  })
