import { Clock, Data, DateTime, Effect, Fiber, Metric, Option, Ref, Schedule } from "effect"
import { ConversationRepository } from "../../../domain/conversation/ConversationRepository.ts"
import type { DispatchJob, WorkerId } from "../../../domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../domain/store/DispatchQueue.ts"
import { ConversationHost } from "../ConversationHost.ts"
import { jobStartMillis } from "./DoorMetrics.ts"
import type { DoorPolicy } from "./DoorPolicy.ts"
import * as PersonInRoom from "./PersonInRoom.ts"
import * as RoomConversation from "./RoomConversation.ts"
import type { LiveKitJob } from "./ServerSaid.ts"

/** A store or the queue did not answer in time. */
export class JobTimedOut extends Data.TaggedError("JobTimedOut")<{ readonly step: string }> {
  override get message(): string {
    return `${this.step} took too long`
  }
}

/** `already-held`: the conversation has its assistant, or is over: there is nothing to do. */
export type JobOutcome = "held" | "already-held" | "terminated"

const again = Schedule.exponential("100 millis").pipe(Schedule.union(Schedule.spaced("1 second")), Schedule.jittered)

/** Repeats what the store or the queue could not do for now, within the policy's bound. */
const persistent =
  (step: string, { storeWithin }: DoorPolicy) =>
  <A, E extends { readonly _tag: string }, R>(work: Effect.Effect<A, E, R>) =>
    work.pipe(
      Effect.retry({ schedule: again, while: ({ _tag }) => _tag === "StorageError" || _tag === "QueueUnavailable" }),
      Effect.timeoutFail({ duration: storeWithin, onTimeout: () => new JobTimedOut({ step }) }),
    )

/** The dispatch was taken back: nobody goes on with the conversation, even if it had not begun. */
const withdraw = Effect.fnUntraced(
  function* ({ conversationId }: DispatchJob, policy: DoorPolicy) {
    const queue = yield* DispatchQueue
    const conversations = yield* ConversationRepository
    yield* queue.withdraw(conversationId).pipe(persistent("withdrawing the conversation", policy))
    const end = { at: yield* DateTime.now, reason: "drain" as const }
    yield* conversations.end(conversationId, end).pipe(persistent("storing the conversation's end", policy))
  },
  Effect.catchAll((error) => Effect.logWarning(error.message)),
)

export interface JobRunOptions {
  readonly worker: WorkerId
  readonly policy: DoorPolicy
  /** Returns when the server wants the assistant out of the room. */
  readonly terminated: Effect.Effect<void>
}

/**
 * One job of LiveKit, from its assignment until the conversation is over or given back. The conversation is held under a lease of our own
 * queue: should this process die, another worker goes on with it, which LiveKit would not see to.
 */
export const run = Effect.fn("JobRun.run")(function* (
  livekitJob: LiveKitJob,
  { policy, terminated, worker }: JobRunOptions,
) {
  const startedAt = yield* Clock.currentTimeMillis
  const queue = yield* DispatchQueue
  const { host } = yield* ConversationHost
  const known = yield* Ref.make(Option.none<DispatchJob>())

  const hold = Effect.gen(function* () {
    const people = yield* PersonInRoom.people(livekitJob.room, policy)
    const job = yield* RoomConversation.jobOf(livekitJob, people).pipe(persistent("storing the conversation", policy))
    yield* Ref.set(known, Option.some(job))
    const lease = yield* queue.adopt(job, worker).pipe(persistent("taking the lease", policy))
    yield* Metric.update(jobStartMillis, (yield* Clock.currentTimeMillis) - startedAt)
    yield* host(lease)
    return "held" as const
  }).pipe(Effect.catchTag("LeaseLost", "DispatchOver", () => Effect.succeed("already-held" as const)))

  // In a scope, which waits for what it interrupts; a race that is interrupted itself does not.
  const outcome: JobOutcome = yield* Effect.scoped(
    Effect.flatMap(Effect.forkScoped(hold), (holding) =>
      Effect.raceFirst(Fiber.join(holding), Effect.as(terminated, "terminated" as const)),
    ),
  )
  const job = yield* Ref.get(known)
  if (outcome === "terminated" && Option.isSome(job)) yield* withdraw(job.value, policy)
  return outcome
})
