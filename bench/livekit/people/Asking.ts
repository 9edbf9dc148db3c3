import { randomUUID } from "node:crypto"
import { DateTime, Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { AgentDispatchClient } from "livekit-server-sdk"
import { ConversationId } from "../../../src/domain/conversation/Conversation.ts"
import { DispatchJob } from "../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../src/domain/store/DispatchQueue.ts"
import { UserId } from "../../../src/domain/user/User.ts"
import * as DispatchQueueRedis from "../../../src/infra/redis/DispatchQueueRedis.ts"
import * as Redis from "../../../src/infra/redis/Redis.ts"
import type { PeoplePlan } from "../PeoplePlan.ts"

/** Asks for an assistant in a room, as a backend would. */
export type Asking = (room: string) => Promise<unknown>

const ofLiveKit = ({ server }: PeoplePlan, agentName: string): Asking => {
  const client = new AgentDispatchClient(server.url.replace(/^ws/, "http"), server.key, server.secret)
  return (room) => client.createDispatch(room, agentName)
}

const enqueue = (room: string) =>
  Effect.gen(function* () {
    const queue = yield* DispatchQueue
    const job = new DispatchJob({
      conversationId: ConversationId.make(randomUUID()),
      room,
      userId: UserId.make(randomUUID()),
      personIdentity: `person-${room}`,
      personName: "Ada",
      priority: "normal",
      enqueuedAt: yield* DateTime.now,
      record: false,
    })
    yield* queue.enqueue(job)
  })

export const make = async (plan: PeoplePlan): Promise<Asking> => {
  if (plan.ask._tag === "LiveKit") return ofLiveKit(plan, plan.ask.agentName)
  const queue = DispatchQueueRedis.layer().pipe(Layer.provide(Redis.layer({ url: Redacted.make(plan.ask.redisUrl) })))
  const runtime = ManagedRuntime.make(queue)
  await runtime.runtime()
  return (room) => runtime.runPromise(enqueue(room))
}
