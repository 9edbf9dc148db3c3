import { Schema } from "effect"
import { ConversationId } from "../conversation/Conversation.ts"
import { MessageId } from "../conversation/Message.ts"
import { ConversationEvent } from "./ConversationEvent.ts"

/**
 * The protocol of the voice socket, version 1: JSON text frames as below, and binary frames of raw PCM.
 *
 * - The page opens it at `/v1/voice`, or, to come back to a live conversation, at `/v1/voice?resume=<conversation id>`. After the
 *   `Welcome` of a return come `Stop` with the generation that goes on, and what happened lately once more: the state, and the
 *   transcripts of the last messages, each at its newest.
 * - Up, binary: 16-bit little-endian mono at 16 kHz, 10 to 60 ms a message.
 * - Down, binary: a 4-byte little-endian unsigned `generation`, then 16-bit little-endian mono at `outputSampleRate`. The page plays
 *   frames in order and reports how many samples of the generation it has played. `Stop` begins a new generation: the page
 *   drops whatever it holds, also what still arrives for an older one.
 */
export const voiceProtocolVersion = 1

/** A typed message may have this many characters. */
export const textLengthMax = 4_000

export const ClientText = Schema.TaggedStruct("Text", {
  messageId: MessageId,
  text: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(textLengthMax)),
})
export const ClientInterrupt = Schema.TaggedStruct("Interrupt", {})
/** How much of a generation was played, in samples; sent every 50 ms while playing, at its end, and on `Stop`. */
export const ClientPlayed = Schema.TaggedStruct("Played", {
  generation: Schema.NonNegativeInt,
  samples: Schema.NonNegativeInt,
})
/** The person leaves: no waiting for a return. */
export const ClientLeave = Schema.TaggedStruct("Leave", {})
export const ClientMessage = Schema.Union(ClientText, ClientInterrupt, ClientPlayed, ClientLeave)
export type ClientMessage = typeof ClientMessage.Type

/** The first message down: which conversation this is and how to come back to it. */
export const ServerWelcome = Schema.TaggedStruct("Welcome", {
  protocol: Schema.Literal(voiceProtocolVersion),
  conversationId: ConversationId,
  outputSampleRate: Schema.Int,
  /** How long the conversation waits for a lost connection, in milliseconds. */
  resumeWithinMillis: Schema.Int,
  resumed: Schema.Boolean,
  languageModel: Schema.String,
})
export const ServerStop = Schema.TaggedStruct("Stop", { generation: Schema.NonNegativeInt })
/**
 * The server will close the socket, and why, in words for a person. Only `bad-message` may be said several times before.
 * Close codes: 1000 after `Ended`, 1001 when the server goes, 1008 for what broke the protocol, 1013 when it is full,
 * `takenOverCode` for a second connection.
 */
export const ServerProblem = Schema.TaggedStruct("Problem", {
  code: Schema.Literal("bad-message", "flood", "full", "not-resumable", "taken-over", "internal"),
  message: Schema.String,
})
export const takenOverCode = 4001
export const ServerMessage = Schema.Union(ServerWelcome, ServerStop, ServerProblem, ConversationEvent)
export type ServerMessage = typeof ServerMessage.Type
