import { Context, type Effect, Schema } from "effect"
import { ConversationId } from "../conversation/Conversation.ts"
import type { DispatchJob, Lease, Place, WorkerId } from "./DispatchJob.ts"

/** As many jobs wait as may. */
export class QueueFull extends Schema.TaggedError<QueueFull>()("QueueFull", { waitingMax: Schema.Int }) {}
/** Another worker holds the job now, or it was completed or withdrawn. Whoever held it stops at once. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", {
  conversationId: ConversationId,
  fence: Schema.Int,
}) {
  override get message(): string {
    return `the lease ${this.fence} of conversation ${this.conversationId} is lost`
  }
}
/** The store behind the queue did not answer in time. Nothing is known of whether the call took effect; all may be repeated. */
export class QueueUnavailable extends Schema.TaggedError<QueueUnavailable>()("QueueUnavailable", {
  operation: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `dispatch queue, ${this.operation}: ${this.detail}`
  }
}

export interface QueueStatistics {
  readonly waiting: number
  readonly held: number
}

/**
 * Conversations that wait for a worker, and those that are held by one. A job stays until it is completed or withdrawn: when the
 * lease of its worker lapses, it goes to the next worker, before all that wait. Higher priorities go first, but every fifth
 * job is the one that has waited longest; within a priority it is first come, first served. What was given back or has lapsed
 * comes in the order in which it was enqueued or adopted, whatever its priority.
 *
 * Every call may be repeated after `QueueUnavailable`: what a call with a lost answer took is found again, by the same worker of
 * the same process at once, by others when its lease lapses.
 */
export class DispatchQueue extends Context.Tag("parley/domain/store/DispatchQueue")<
  DispatchQueue,
  {
    /** How long a lease holds without being renewed, in milliseconds. */
    readonly leaseMillis: number
    /** Enqueuing a conversation that waits or is held changes nothing; answers where it stands. */
    readonly enqueue: (job: DispatchJob) => Effect.Effect<Place, QueueFull | QueueUnavailable>
    /**
     * Waits until there is a job, but not for a store that is away: then it fails, and its caller decides when to ask again. Being
     * interrupted, it takes none. It waits interruptibly also where its caller is not interruptible (as in an acquisition), so
     * that a caller can be sure to get what it has claimed.
     */
    readonly claim: (worker: WorkerId) => Effect.Effect<Lease, QueueUnavailable>
    /** Takes a job that came by another way, past those that wait. Lost: somebody holds it already, be it the same worker. */
    readonly adopt: (job: DispatchJob, worker: WorkerId) => Effect.Effect<Lease, LeaseLost | QueueUnavailable>
    /** Takes also a lapsed lease back, as long as nobody else has the job. */
    readonly renew: (lease: Lease) => Effect.Effect<void, LeaseLost | QueueUnavailable>
    /** The conversation is over. */
    readonly complete: (lease: Lease) => Effect.Effect<void, LeaseLost | QueueUnavailable>
    /** Gives the job back: the next worker gets it before all that wait. */
    readonly release: (lease: Lease) => Effect.Effect<void, LeaseLost | QueueUnavailable>
    /** What this worker holds is given back: it is known to be dead. Answers which. */
    readonly releaseAll: (worker: WorkerId) => Effect.Effect<ReadonlyArray<ConversationId>, QueueUnavailable>
    /** Nobody needs an assistant any more. Whoever holds the job learns it at the next renewal. */
    readonly withdraw: (conversationId: ConversationId) => Effect.Effect<void, QueueUnavailable>
    readonly place: (conversationId: ConversationId) => Effect.Effect<Place, QueueUnavailable>
    readonly statistics: Effect.Effect<QueueStatistics, QueueUnavailable>
  }
>() {}
