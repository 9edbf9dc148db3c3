import { DateTime, Option } from "effect"
import type { Message, MessageId } from "../../domain/conversation/Message.ts"
import type { Said } from "./Answers.ts"

/** What a conversation goes on with when another worker held it before. */
export interface Resumption {
  /** What is settled, oldest first. */
  readonly before: ReadonlyArray<Message>
  /** The person's last words, if nobody answered them. */
  readonly owed: Said | undefined
  readonly known: ReadonlyArray<MessageId>
}

const saidIn = ({ content, metadata, timestamp }: Message): Said => ({
  text: content,
  source: metadata.source ?? "speech",
  speaker: metadata.speaker,
  originMillis: DateTime.toEpochMillis(timestamp),
  finalTranscriptMillis: Option.none(),
})

export const make = (messages: ReadonlyArray<Message>): Resumption => {
  const last = messages.at(-1)
  const isOwed = last !== undefined && last.role === "user"
  return {
    before: isOwed ? messages.slice(0, -1) : messages,
    owed: isOwed ? saidIn(last) : undefined,
    known: messages.map(({ id }) => id),
  }
}
