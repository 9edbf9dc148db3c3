import { Cause, Effect, Exit, Layer, Metric, Option } from "effect"
import type { ConversationRepository } from "../../domain/conversation/ConversationRepository.ts"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import type { LanguageModel } from "../../domain/llm/LanguageModel.ts"
import type { AssistantRoom } from "../../domain/media/AssistantRoom.ts"
import type { MediaServer } from "../../domain/media/MediaServer.ts"
import type { RoomRepository } from "../../domain/room/RoomRepository.ts"
import type { Lease } from "../../domain/store/DispatchJob.ts"
import type { DispatchQueue } from "../../domain/store/DispatchQueue.ts"
import type { RecordingRepository } from "../../domain/recording/RecordingRepository.ts"
import type { ObjectStore } from "../../domain/store/ObjectStore.ts"
import type { UserRepository } from "../../domain/user/UserRepository.ts"
import type { ConversationRunner } from "../conversation/ConversationRunner.ts"
import type { ConversationSettings } from "../conversation/ConversationSettings.ts"
import { ConversationHost, type Hosted } from "./ConversationHost.ts"
import * as Claims from "./Claims.ts"
import * as Hosting from "./Hosting.ts"
import { defaultPolicy, type HostPolicy } from "./HostPolicy.ts"
import type { NotHosted } from "./NotHosted.ts"
import * as Settling from "./Settling.ts"
import * as Talk from "./Talk.ts"
import { conversationsHosted, conversationsServed } from "./WorkerMetrics.ts"

export type HostPorts =
  | DispatchQueue
  | UserRepository
  | RoomRepository
  | ConversationRepository
  | MediaServer
  | AssistantRoom
  | ObjectStore
  | RecordingRepository
  | ConversationRunner
  | ConversationSettings
  | LanguageModel

type Held = Exit.Exit<LeaveReason, NotHosted>
/** `try-again`: given back, unless it was claimed too often already; then it is ended. */
type Verdict = "lost" | "complete" | "release" | "try-again"

const verdictOf = (hosting: Hosting.Hosting, held: Held): Verdict => {
  if (hosting.isLost()) return "lost"
  if (Exit.isSuccess(held)) return held.value === "handover" ? "release" : "complete"
  const failure = Option.map(Cause.failureOption(held.cause), ({ reason }) => reason)
  if (Option.isSome(failure)) {
    if (failure.value === "over") return "complete"
    return failure.value === "not-joined" ? "try-again" : "release"
  }
  if (!Cause.isInterruptedOnly(held.cause)) return "try-again"
  // An engine that is interrupted has ended the conversation.
  return hosting.hasBegun() ? "complete" : "release"
}

const settle = Effect.fnUntraced(function* ({ claims, lease }: Hosting.Hosting, verdict: Verdict, policy: HostPolicy) {
  const givesUp = verdict === "try-again" && claims >= policy.claimsMax
  if (givesUp) {
    yield* Effect.logError(`given up after ${claims} claims; the conversation is ended`)
    yield* Settling.endInStore(lease, policy)
  }
  const isOver = verdict === "complete" || givesUp
  if (isOver) yield* Settling.complete(lease, policy)
  else if (verdict !== "lost") yield* Settling.release(lease, policy)
  const outcome = verdict === "lost" ? "lost" : isOver ? "over" : "given-back"
  yield* Metric.increment(Metric.tagged(conversationsServed, "outcome", outcome))
  const hosted: Hosted = isOver ? "over" : "given-back"
  return hosted
})

const explain = (held: Held) => {
  if (Exit.isSuccess(held)) return Effect.logInfo(`the assistant is out of the conversation: ${held.value}`)
  if (Cause.isInterruptedOnly(held.cause)) return Effect.void
  return Option.match(Cause.failureOption(held.cause), {
    onSome: ({ message, reason }) =>
      reason === "over" || reason === "stopped" ? Effect.logInfo(message) : Effect.logWarning(message),
    onNone: () => Effect.logError("holding the conversation broke", held.cause),
  })
}

const make = Effect.fnUntraced(function* (policy: HostPolicy) {
  const ports = yield* Effect.context<HostPorts>()
  const all = new Set<Hosting.Hosting>()
  const claims = Claims.make()
  let served = 0

  const enter = (hosting: Hosting.Hosting) =>
    Effect.suspend(() => {
      all.add(hosting)
      return Metric.set(conversationsHosted, all.size)
    })
  const leave = (hosting: Hosting.Hosting) =>
    Effect.suspend(() => {
      all.delete(hosting)
      served += 1
      return Metric.set(conversationsHosted, all.size)
    })

  const host = Effect.fn("ConversationHost.host")(
    function* (lease: Lease) {
      const hosting = yield* Hosting.make(lease, claims.claimed(lease.job.conversationId))
      return yield* Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          yield* enter(hosting)
          const held: Held = yield* Effect.exit(restore(Effect.scoped(Talk.hold(hosting, policy))))
          yield* explain(held)
          const hosted = yield* settle(hosting, verdictOf(hosting, held), policy)
          if (hosted === "over") claims.over(lease.job.conversationId)
          return hosted
        }).pipe(Effect.ensuring(leave(hosting))),
      )
    },
    (effect, { fence, job }) =>
      effect.pipe(
        Effect.annotateLogs({ conversation: job.conversationId, room: job.room, fence }),
        Effect.provide(ports),
      ),
  )

  return ConversationHost.of({
    host,
    sayGoodbye: Effect.suspend(() => Effect.forEach(all, ({ end }) => end("drain"), { discard: true })),
    rooms: () => Array.from(all, ({ lease }) => lease.job.room),
    served: () => served,
  })
})

/** Conversations under leases of the dispatch queue. A lease is completed or given back, whatever happens. */
export const layer = (policy: Partial<HostPolicy> = {}): Layer.Layer<ConversationHost, never, HostPorts> =>
  Layer.effect(ConversationHost, make({ ...defaultPolicy, ...policy }))
