import { Schema } from "effect"
import { ConversationId } from "../conversation/Conversation.ts"
import { Instant } from "../Instant.ts"

export const RecordingId = Schema.UUID.pipe(Schema.brand("RecordingId"))
export type RecordingId = typeof RecordingId.Type

/**
 * The sound of a conversation, or of the part of it that one worker held: the person on the left, what was heard of the
 * assistant on the right.
 */
export class Recording extends Schema.Class<Recording>("Recording")({
  id: RecordingId,
  conversationId: ConversationId,
  /** Where the object is in the container `recordings`. */
  key: Schema.NonEmptyString,
  contentType: Schema.NonEmptyString,
  sizeBytes: Schema.NonNegativeInt,
  /** What is heard at second 0 was heard then. */
  startedAt: Instant,
  durationMillis: Schema.NonNegativeInt,
}) {}

export class RecordingNotFound extends Schema.TaggedError<RecordingNotFound>()("RecordingNotFound", {
  recordingId: RecordingId,
}) {
  override get message(): string {
    return `there is no recording ${this.recordingId}`
  }
}
