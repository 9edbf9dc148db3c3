import { Schema } from "effect"
import { Instant } from "../Instant.ts"
import { JsonObject } from "../JsonObject.ts"
import { UserId } from "../user/User.ts"

export const RoomId = Schema.UUID.pipe(Schema.brand("RoomId"))
export type RoomId = typeof RoomId.Type

export const RoomStatus = Schema.Literal("open", "closed")

/** The place where people and assistant meet: one room of the media plane. */
export class Room extends Schema.Class<Room>("Room")({
  id: RoomId,
  /** The room's name on the media server; unique. */
  livekitRoomId: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(256)),
  name: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(200)),
  createdBy: UserId,
  status: RoomStatus,
  createdAt: Instant,
  metadata: JsonObject,
}) {}

export class RoomNotFound extends Schema.TaggedError<RoomNotFound>()("RoomNotFound", { roomId: RoomId }) {}
