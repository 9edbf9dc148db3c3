import { Context, type Effect } from "effect"
import type { StorageError } from "../StorageError.ts"
import type { Room, RoomId, RoomNotFound } from "./Room.ts"

export class RoomRepository extends Context.Tag("parley/domain/room/RoomRepository")<
  RoomRepository,
  {
    /** Storing the same id twice changes nothing. */
    readonly insert: (room: Room) => Effect.Effect<void, StorageError>
    /** Stores the room, or opens again the one that has its name on the media server; answers what is stored. */
    readonly open: (room: Room) => Effect.Effect<Room, StorageError>
    readonly get: (id: RoomId) => Effect.Effect<Room, RoomNotFound | StorageError>
    readonly close: (id: RoomId) => Effect.Effect<void, RoomNotFound | StorageError>
  }
>() {}
