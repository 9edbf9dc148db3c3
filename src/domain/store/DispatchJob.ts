import { Schema } from "effect"
import { ConversationId } from "../conversation/Conversation.ts"
import { Instant } from "../Instant.ts"
import { UserId } from "../user/User.ts"

export const WorkerId = Schema.NonEmptyString.pipe(Schema.maxLength(100), Schema.brand("WorkerId"))
export type WorkerId = typeof WorkerId.Type

/** Who is served first when all cannot be. */
export const Priority = Schema.Literal("high", "normal", "low")
export type Priority = typeof Priority.Type

/** A conversation that needs an assistant: what a worker must know to hold it. One job a conversation. */
export class DispatchJob extends Schema.Class<DispatchJob>("DispatchJob")({
  conversationId: ConversationId,
  /** The room's name on the media server. */
  room: Schema.NonEmptyString.pipe(Schema.maxLength(256)),
  userId: UserId,
  /** The person whose conversation it is, as the media server knows them. */
  personIdentity: Schema.NonEmptyString.pipe(Schema.maxLength(256)),
  personName: Schema.String.pipe(Schema.maxLength(200)),
  priority: Priority,
  enqueuedAt: Instant,
  /** Everybody in the room has agreed to be recorded. */
  record: Schema.Boolean,
}) {}

/** A worker's right to hold a conversation, for as long as it is renewed. */
export interface Lease {
  readonly job: DispatchJob
  readonly worker: WorkerId
  /** Grows with every claim of this job, in steps of any size: who holds a lower one has lost it. */
  readonly fence: number
}

/** Where a job stands. `position` counts from 1 within those that wait, in the order in which they will be served. */
export const Place = Schema.Union(
  Schema.TaggedStruct("Waiting", {
    position: Schema.Int.pipe(Schema.positive()),
    /**
     * `position` times the average time that the last completed jobs (at most 50) were held, by how many are held now. Null: nothing
     * is known of how fast places become free, because none was completed yet or none is held.
     */
    estimateMillis: Schema.NullOr(Schema.NonNegativeInt),
  }),
  Schema.TaggedStruct("Held", { worker: WorkerId, fence: Schema.Int }),
  /** Not there: completed, withdrawn or never known. */
  Schema.TaggedStruct("Unknown", {}),
)
export type Place = typeof Place.Type
