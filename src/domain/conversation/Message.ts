import { Schema } from "effect"
import { Instant } from "../Instant.ts"
import { ConversationId } from "./Conversation.ts"

export const MessageId = Schema.UUID.pipe(Schema.brand("MessageId"))
export type MessageId = typeof MessageId.Type

export const MessageRole = Schema.Literal("user", "assistant", "system")
export type MessageRole = typeof MessageRole.Type

/** What is known of a message beside its words. */
export const MessageMetadata = Schema.Struct({
  /** How a person's message came in. */
  source: Schema.optional(Schema.Literal("speech", "text")),
  /** Who said it, where several people talk. */
  speaker: Schema.optional(Schema.String),
  /** The recogniser's confidence, 0 to 1. */
  confidence: Schema.optional(Schema.Number.pipe(Schema.between(0, 1))),
  /** The assistant was interrupted: `content` is what was heard, this is what was left unsaid. */
  unheard: Schema.optional(Schema.String),
  /** Tools that were used for this answer, in order. */
  tools: Schema.optional(Schema.Array(Schema.String)),
  inputTokens: Schema.optional(Schema.NonNegativeInt),
  outputTokens: Schema.optional(Schema.NonNegativeInt),
})
export type MessageMetadata = typeof MessageMetadata.Type

/** One thing said or typed. An assistant's `content` is exactly what the person heard. */
export class Message extends Schema.Class<Message>("Message")({
  id: MessageId,
  conversationId: ConversationId,
  role: MessageRole,
  content: Schema.String,
  timestamp: Instant,
  metadata: MessageMetadata,
}) {}
