import { DateTime, Effect, Option, Schedule } from "effect"
import { ConversationRepository } from "../../domain/conversation/ConversationRepository.ts"
import { RoomRepository } from "../../domain/room/RoomRepository.ts"
import type { Lease } from "../../domain/store/DispatchJob.ts"
import { DispatchQueue, type LeaseLost, type QueueUnavailable } from "../../domain/store/DispatchQueue.ts"
import { within } from "../../domain/Within.ts"
import type { HostPolicy } from "./HostPolicy.ts"

const again = Schedule.spaced("500 millis")

/** Repeats while the queue is away, within the bound; also in finalizers. A lease that is lost needs no settling. */
const settled = (how: string, policy: HostPolicy, call: Effect.Effect<void, LeaseLost | QueueUnavailable>) =>
  call.pipe(
    Effect.retry({ schedule: again, while: ({ _tag }) => _tag === "QueueUnavailable" }),
    Effect.catchAll((error) => Effect.logDebug(`the lease was not ${how}: ${error.message}`)),
    within(policy.settleWithin),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.logWarning(`the lease was not ${how} in time and lapses by itself`),
        onSome: () => Effect.void,
      }),
    ),
  )

export const complete = (lease: Lease, policy: HostPolicy) =>
  Effect.flatMap(DispatchQueue, (queue) => settled("completed", policy, queue.complete(lease)))

export const release = (lease: Lease, policy: HostPolicy) =>
  Effect.flatMap(DispatchQueue, (queue) => settled("given back", policy, queue.release(lease)))

/** Ends in the store what never came so far that its own hooks would. */
export const endInStore = ({ job }: Lease, policy: HostPolicy) =>
  Effect.gen(function* () {
    const conversations = yield* ConversationRepository
    const { roomId } = yield* conversations.get(job.conversationId)
    yield* conversations.end(job.conversationId, { at: yield* DateTime.now, reason: "error" })
    yield* Effect.flatMap(RoomRepository, (rooms) => rooms.close(roomId))
  }).pipe(
    Effect.catchAllCause((cause) => Effect.logWarning("the conversation's end was not stored", cause)),
    within(policy.settleWithin),
  )
