import { Schema } from "effect"
import { Instant } from "../Instant.ts"
import { JsonObject } from "../JsonObject.ts"
import { RoomId } from "../room/Room.ts"
import { UserId } from "../user/User.ts"

export const ConversationId = Schema.UUID.pipe(Schema.brand("ConversationId"))
export type ConversationId = typeof ConversationId.Type

/** Why a conversation came to its end. */
export const EndReason = Schema.Literal("left", "silence", "assistant", "hook", "drain", "error")
export type EndReason = typeof EndReason.Type

/** Why a worker let go of a conversation; after `handover` another one goes on with it. */
export type LeaveReason = EndReason | "handover"

/** One talk between a person and the assistant, from joining to leaving. */
export class Conversation extends Schema.Class<Conversation>("Conversation")({
  id: ConversationId,
  roomId: RoomId,
  userId: UserId,
  startedAt: Instant,
  endedAt: Schema.OptionFromNullOr(Instant),
  metadata: JsonObject,
}) {}

/** What a list of conversations shows of one. */
export class ConversationSummary extends Schema.Class<ConversationSummary>("ConversationSummary")({
  id: ConversationId,
  startedAt: Instant,
  endedAt: Schema.OptionFromNullOr(Instant),
  /** The first thing that the person said; empty when nothing was said. At most 200 characters. */
  title: Schema.String,
  messageCount: Schema.NonNegativeInt,
}) {}

export class ConversationNotFound extends Schema.TaggedError<ConversationNotFound>()("ConversationNotFound", {
  conversationId: ConversationId,
}) {
  override get message(): string {
    return `there is no conversation ${this.conversationId}`
  }
}

/** Another worker holds the conversation now. */
export class Fenced extends Schema.TaggedError<Fenced>()("Fenced", {
  conversationId: ConversationId,
  fence: Schema.Int,
}) {
  override get message(): string {
    return `conversation ${this.conversationId} was taken over; ${this.fence} is not its fence any more`
  }
}
