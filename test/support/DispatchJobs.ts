import { DateTime, Effect, Fiber, Option } from "effect"
import { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { DispatchJob, type Priority, WorkerId } from "../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../src/domain/store/DispatchQueue.ts"
import { UserId } from "../../src/domain/user/User.ts"

export const job = (priority: Priority = "normal", id: string = crypto.randomUUID()): DispatchJob =>
  new DispatchJob({
    conversationId: ConversationId.make(id),
    room: `room ${id}`,
    userId: UserId.make(crypto.randomUUID()),
    personIdentity: "ada",
    personName: "Ada Lovelace, née Byron \u{1f469}‍\u{1f4bb}",
    priority,
    enqueuedAt: DateTime.unsafeMake("2026-03-01T10:00:00Z"),
    record: false,
  })
export const jobs = (count: number, priority: Priority = "normal") => Array.from({ length: count }, () => job(priority))

export const ada = WorkerId.make("worker ada")
export const bob = WorkerId.make("worker bob")

export const enqueueAll = (jobs: ReadonlyArray<DispatchJob>) =>
  Effect.flatMap(DispatchQueue, (queue) => Effect.forEach(jobs, queue.enqueue))

/** Claims until there is nothing left; only for a queue on which nobody else works. */
export const claimAll = (worker: WorkerId) =>
  Effect.gen(function* () {
    const queue = yield* DispatchQueue
    const { waiting } = yield* queue.statistics
    return yield* Effect.forEach(Array.from({ length: waiting }), () => queue.claim(worker))
  })

export const isDone = <A, E>(fiber: Fiber.Fiber<A, E>) => Effect.map(Fiber.poll(fiber), Option.isSome)
