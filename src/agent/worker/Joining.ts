import { Clock, Effect, ExecutionStrategy, Exit, Metric, Schedule, Scope } from "effect"
import { LanguageModel } from "../../domain/llm/LanguageModel.ts"
import { AssistantRoom, RoomNotJoined } from "../../domain/media/AssistantRoom.ts"
import { MediaServer } from "../../domain/media/MediaServer.ts"
import type { Lease } from "../../domain/store/DispatchJob.ts"
import { ConversationSettings } from "../conversation/ConversationSettings.ts"
import * as AssistantIdentity from "./AssistantIdentity.ts"
import type { HostPolicy } from "./HostPolicy.ts"
import { NotHosted } from "./NotHosted.ts"
import { joinMillis, joinsFailed } from "./WorkerMetrics.ts"

const attempt = Effect.fnUntraced(function* (lease: Lease, policy: HostPolicy) {
  const { job } = lease
  const media = yield* MediaServer
  const rooms = yield* AssistantRoom
  const { assistantName, language } = yield* ConversationSettings
  const languageModel = (yield* LanguageModel).name
  // A new one each time: it lets in once.
  const grant = yield* media.agentGrant({
    room: job.room,
    identity: AssistantIdentity.of(lease),
    name: assistantName,
  })
  // Of its own: a try that failed leaves the room before the next one.
  const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
  return yield* rooms
    .join({
      grant,
      conversationId: job.conversationId,
      personIdentity: job.personIdentity,
      personName: job.personName,
      languageModel,
      assistantName,
      language,
      recorded: job.record,
    })
    .pipe(
      Scope.extend(scope),
      // Should it come in after its deadline, the scope has been closed and shows it out at once.
      Effect.disconnect,
      Effect.timeoutFail({
        duration: policy.joinAttempt,
        onTimeout: () => new RoomNotJoined({ room: job.room, detail: "no answer" }),
      }),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))),
    )
})

const backoff = Schedule.exponential("250 millis").pipe(Schedule.union(Schedule.spaced("2 seconds")), Schedule.jittered)

/** Joins the room of a lease, until the scope closes; repeats it within the policy's bound. */
export const join = Effect.fnUntraced(function* (lease: Lease, policy: HostPolicy) {
  const startedAt = yield* Clock.currentTimeMillis
  const joined = yield* attempt(lease, policy).pipe(
    Effect.tapError((error) => Effect.zipRight(Metric.increment(joinsFailed), Effect.logDebug(error.message))),
    Effect.retry(Schedule.intersect(backoff, Schedule.recurUpTo(policy.joinWithin))),
    Effect.mapError(({ message }) => new NotHosted({ reason: "not-joined", message })),
  )
  yield* Metric.update(joinMillis, (yield* Clock.currentTimeMillis) - startedAt)
  return joined
})
