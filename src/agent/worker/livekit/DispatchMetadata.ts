import { Either, Schema } from "effect"
import { Priority } from "../../../domain/store/DispatchJob.ts"
import { UserId } from "../../../domain/user/User.ts"

/**
 * What whoever asks LiveKit for our assistant may say about the conversation, as JSON in the dispatch's metadata; all of it is optional.
 * Only holders of an API secret can write it, so that it is believed.
 */
const DispatchMetadata = Schema.Struct({
  /** Whose conversation it is. Without it the person is a guest. */
  userId: Schema.optional(UserId),
  priority: Schema.optionalWith(Priority, { default: () => "normal" }),
  /** Everybody in the room has agreed to be recorded. */
  record: Schema.optionalWith(Schema.Boolean, { default: () => false }),
})
export type DispatchMetadata = typeof DispatchMetadata.Type

const parse = Schema.decodeEither(Schema.parseJson(DispatchMetadata))

/** Metadata may be anybody's, for other readers: what is not ours says nothing. */
export const read = (metadata: string): DispatchMetadata =>
  Either.getOrElse(parse(metadata), () => ({ priority: "normal" as const, record: false }))
