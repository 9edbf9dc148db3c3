import { Duration, Effect, Layer } from "effect"
import { LifecycleHooks } from "../../domain/hook/LifecycleHooks.ts"
import { RoomRepository } from "../../domain/room/RoomRepository.ts"
import { storing } from "./HookFailure.ts"

const name = "room"

/** Keeps the room's row: opened when the assistant joins, closed when the conversation has ended. */
export const layer: Layer.Layer<never, never, LifecycleHooks | RoomRepository> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const hooks = yield* LifecycleHooks
    const rooms = yield* RoomRepository
    yield* hooks.register({
      name,
      timeout: Duration.seconds(60),
      onFailure: "ignore",
      onRoomJoined: ({ room }) => storing(name, "onRoomJoined")(rooms.insert(room)),
      onRoomLeft: ({ room }, reason) =>
        reason === "handover" ? undefined : storing(name, "onRoomLeft")(rooms.close(room.id)),
    })
  }),
)
