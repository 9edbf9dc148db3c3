import { Context, type Effect, Schema, type Scope } from "effect"
import type { ConversationId } from "../conversation/Conversation.ts"
import type { JoinGrant } from "./MediaServer.ts"
import type { Transport } from "./VoiceTransport.ts"

/** The assistant did not get into the room within its time. */
export class RoomNotJoined extends Schema.TaggedError<RoomNotJoined>()("RoomNotJoined", {
  room: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `room ${this.room} was not joined: ${this.detail}`
  }
}

export interface JoinRoomRequest {
  readonly grant: JoinGrant
  readonly conversationId: ConversationId
  /** The person whose conversation it is. Others in the room are heard, too; it ends when this one has left for good. */
  readonly personIdentity: string
  readonly personName: string
  /** Shown by the page, and told to clients that ask. */
  readonly languageModel: string
  readonly assistantName: string
  readonly language: string
  readonly recorded: boolean
}

/** Why the assistant is out of a room that it did not leave itself. */
export type RoomLost = "removed" | "room-closed" | "replaced" | "connection-lost"

export interface JoinedRoom {
  readonly transport: Transport
  /** Returns once the assistant is out of the room without having left it. The transport's inputs do not end by that. */
  readonly lost: Effect.Effect<RoomLost>
}

/** Brings the assistant into rooms of the media server. */
export class AssistantRoom extends Context.Tag("parley/domain/media/AssistantRoom")<
  AssistantRoom,
  {
    /** In the room until the scope closes; being out again takes no longer than a second. */
    readonly join: (request: JoinRoomRequest) => Effect.Effect<JoinedRoom, RoomNotJoined, Scope.Scope>
  }
>() {}
