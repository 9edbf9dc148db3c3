import { Schema } from "effect"
import { ConversationId } from "../conversation/Conversation.ts"
import { AssistantState } from "./ConversationEvent.ts"

/**
 * How a client and our assistant talk in a LiveKit room, beside the audio.
 *
 * What LiveKit's own SDKs and components know:
 * - `lk.transcription` text streams down: both sides as they are spoken, with `lk.segment_id` (the message's id),
 *   `lk.transcription_final` and `lk.transcribed_track_id`; the sender is whoever spoke.
 * - `lk.agent.state`, an attribute of the assistant's participant: `initializing`, `listening`, `thinking` or `speaking`.
 * - `lk.chat` text streams up: typed instead of said.
 *
 * What our page knows besides: data messages of the topic `eventTopic` down, each the JSON of one `ConversationEvent`, and the
 * methods below, which the assistant answers to. A page that comes (back) calls `hello`; then it gets once more what
 * happened lately.
 */
export const transcriptionTopic = "lk.transcription"
export const chatTopic = "lk.chat"
export const eventTopic = "parley.event"

export const segmentIdAttribute = "lk.segment_id"
export const finalAttribute = "lk.transcription_final"
export const trackIdAttribute = "lk.transcribed_track_id"
export const stateAttribute = "lk.agent.state"
/** On a `lk.chat` stream: the message's id, so that a repeated sending is one message. Without it the stream's id is taken. */
export const messageIdAttribute = "parley.message_id"

/** Asked with an empty payload; answers a `Hello`. */
export const helloMethod = "parley.hello"
/** Stop speaking. Empty payload and answer. */
export const interruptMethod = "parley.interrupt"
/** The person leaves: no waiting for a return. Empty payload and answer. */
export const leaveMethod = "parley.leave"
/** Asks the assistant not to listen to the caller. Payload and answer: `Mute`. */
export const muteMethod = "parley.mute"
/** Answers `RoomSettings`; empty payload. */
export const settingsMethod = "parley.settings"

export const Hello = Schema.Struct({
  conversationId: ConversationId,
  state: AssistantState,
  /** How long the conversation waits for a lost connection, in milliseconds. */
  resumeWithinMillis: Schema.Int,
  languageModel: Schema.String,
})
export type Hello = typeof Hello.Type

export const Mute = Schema.Struct({ muted: Schema.Boolean })
export type Mute = typeof Mute.Type

export const RoomSettings = Schema.Struct({
  assistantName: Schema.String,
  language: Schema.String,
  recorded: Schema.Boolean,
})
export type RoomSettings = typeof RoomSettings.Type
