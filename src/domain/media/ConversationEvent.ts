import { Schema } from "effect"
import { Turn } from "../analytics/Turn.ts"
import { EndReason } from "../conversation/Conversation.ts"
import { MessageId } from "../conversation/Message.ts"

export const AssistantState = Schema.Literal("listening", "thinking", "speaking")
export type AssistantState = typeof AssistantState.Type

export const StateChanged = Schema.TaggedStruct("StateChanged", { state: AssistantState })

/**
 * What a person said or typed. Partials of one message share its id; the last one is `final`. A final one without text takes
 * the partials back: it was a cough, or no more than a sound of listening.
 */
export const UserTranscript = Schema.TaggedStruct("UserTranscript", {
  messageId: MessageId,
  text: Schema.String,
  final: Schema.Boolean,
  source: Schema.Literal("speech", "text"),
  /** Who said it, where several people talk. */
  speaker: Schema.optional(Schema.String),
})

/** What the assistant says. `text` is what has been heard so far, `pending` what is written but not yet heard. */
export const AssistantTranscript = Schema.TaggedStruct("AssistantTranscript", {
  messageId: MessageId,
  text: Schema.String,
  pending: Schema.String,
  final: Schema.Boolean,
  /** Only with `final`: the person cut in, and `pending` will not be said. */
  interrupted: Schema.Boolean,
})

export const ToolUsed = Schema.TaggedStruct("ToolUsed", {
  messageId: MessageId,
  name: Schema.String,
  status: Schema.Literal("running", "done", "failed"),
})

/** The message is durable. */
export const MessageStored = Schema.TaggedStruct("MessageStored", { messageId: MessageId })
/** The message could not be stored within its deadline; it was said, but will not be found later. */
export const MessageNotStored = Schema.TaggedStruct("MessageNotStored", { messageId: MessageId })

export const TurnEnded = Schema.TaggedStruct("TurnEnded", { turn: Turn })

/** Something a person should know, in their words; `code` is for programs. */
export const Notice = Schema.TaggedStruct("Notice", {
  code: Schema.Literal(
    "speech-to-text-failed",
    "language-model-failed",
    "text-to-speech-failed",
    "dead-air",
    "overloaded",
  ),
  message: Schema.String,
})

export const Ended = Schema.TaggedStruct("Ended", { reason: EndReason })

/** What a person's page is told while talking. */
export const ConversationEvent = Schema.Union(
  StateChanged,
  UserTranscript,
  AssistantTranscript,
  ToolUsed,
  MessageStored,
  MessageNotStored,
  TurnEnded,
  Notice,
  Ended,
)
export type ConversationEvent = typeof ConversationEvent.Type
