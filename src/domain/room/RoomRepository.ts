import { Context, type Effect } from "effect"
import type { StorageError } from "../StorageError.ts"
import type { Room, RoomId, RoomNotFound } from "./Room.ts"

export class RoomRepository extends Context.Tag("parley/domain/room/RoomRepository")<
  RoomRepository,
  {
    /** Storing the same id twice changes nothing. */
    readonly insert: (room: Room) => Effect.Effect<void, StorageError>
    readonly get: (id: RoomId) => Effect.Effect<Room, RoomNotFound | StorageError>
    readonly close: (id: RoomId) => Effect.Effect<void, RoomNotFound | StorageError>
  }
>() {}
