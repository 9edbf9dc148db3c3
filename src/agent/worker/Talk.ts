import { Duration, Effect, Exit, Fiber, Metric } from "effect"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import type { RoomLost } from "../../domain/media/AssistantRoom.ts"
import type { Lease } from "../../domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../domain/store/DispatchQueue.ts"
import { within } from "../../domain/Within.ts"
import { type ConversationRequest, ConversationRunner } from "../conversation/ConversationRunner.ts"
import * as Recorder from "../recording/Recorder.ts"
import * as Heartbeat from "./Heartbeat.ts"
import type { Hosting } from "./Hosting.ts"
import type { HostPolicy } from "./HostPolicy.ts"
import * as Joining from "./Joining.ts"
import { NotHosted } from "./NotHosted.ts"
import * as Predecessors from "./Predecessors.ts"
import * as Restored from "./Restored.ts"
import { leasesLost, takeovers } from "./WorkerMetrics.ts"

/** A job that is nowhere any more was withdrawn: nobody goes on with it, so that its end is ours to store. */
const wasWithdrawn = (lease: Lease, policy: HostPolicy) =>
  Effect.flatMap(DispatchQueue, (queue) => queue.place(lease.job.conversationId)).pipe(
    Effect.map(({ _tag }) => _tag === "Unknown"),
    Effect.timeout(policy.placeWithin),
    Effect.orElseSucceed(() => false),
  )

const watchLease = (hosting: Hosting, policy: HostPolicy) =>
  Effect.gen(function* () {
    const lost = yield* Heartbeat.untilLost(hosting.lease, policy)
    yield* Metric.increment(leasesLost)
    if (yield* wasWithdrawn(hosting.lease, policy)) return yield* hosting.end("left")
    yield* Effect.logWarning(lost.message)
    yield* hosting.lose
  })

/** A queue that is away says nothing to the contrary. */
const isStillOurs = (lease: Lease) =>
  Effect.flatMap(DispatchQueue, (queue) =>
    queue.renew(lease).pipe(
      Effect.timeoutOption(Duration.millis(queue.leaseMillis)),
      Effect.as(true),
      Effect.catchTags({
        LeaseLost: () => Effect.succeed(false),
        QueueUnavailable: () => Effect.succeed(true),
      }),
    ),
  )

/** Out of the room without having left it: whether the conversation is over, or goes on in a new try. */
const onRoomLost = Effect.fnUntraced(function* (hosting: Hosting, lost: RoomLost, policy: HostPolicy) {
  const { lease } = hosting
  yield* Effect.logWarning(`the assistant is out of the room ${lease.job.room}: ${lost}`)
  if (lost === "room-closed") return yield* hosting.end("left")
  if (lost === "connection-lost") return yield* hosting.end("handover")
  if (!(yield* isStillOurs(lease))) return yield* hosting.lose
  // Someone who shows the assistant out again and again wants it gone.
  return yield* hosting.end(hosting.claims >= policy.claimsMax ? "error" : "handover")
})

/** Everything up to the first word; being told to end stops it. */
const prepare = Effect.fnUntraced(function* (hosting: Hosting, policy: HostPolicy) {
  const { lease } = hosting
  const restored = yield* Restored.load(lease, policy)
  yield* Effect.forkScoped(Predecessors.evict(lease, policy))
  const joined = yield* Joining.join(lease, policy)
  return { restored, joined }
})

const stopped = Effect.suspend(() => new NotHosted({ reason: "stopped", message: "told to end before it began" }))

/** The engine's part. Once it was told to end it has its time for that, and is left to itself afterwards. */
const converse = Effect.fnUntraced(function* (hosting: Hosting, request: ConversationRequest, policy: HostPolicy) {
  const runner = yield* ConversationRunner
  const tooLong = Effect.fnUntraced(function* (engine: Fiber.RuntimeFiber<LeaveReason>) {
    const reason = yield* hosting.ending
    // The bound of a goodbye is the worker's, which lets all say it at once.
    if (reason === "drain") yield* Effect.zipRight(hosting.cut, Fiber.interruptFork(engine))
    yield* Effect.sleep(policy.windUp)
    yield* Effect.logWarning("the engine does not come to its end and is left to itself")
    return Exit.succeed(reason)
  })
  return yield* Effect.acquireUseRelease(
    Effect.zipRight(hosting.begin, Effect.forkDaemon(Effect.interruptible(runner.run(request)))),
    (engine) => Effect.flatten(Effect.raceFirst(Fiber.await(engine), tooLong(engine))),
    (engine, exit) =>
      Exit.isSuccess(exit) ? Fiber.interruptFork(engine) : within(policy.windUp)(Fiber.interrupt(engine)),
  )
})

/** One lease from the first question to the store until the engine has ended; says why it did. Closing the scope leaves the room. */
export const hold = Effect.fnUntraced(function* (hosting: Hosting, policy: HostPolicy) {
  const { lease } = hosting
  yield* Effect.forkScoped(watchLease(hosting, policy))
  const { joined, restored } = yield* prepare(hosting, policy).pipe(
    Effect.raceFirst(Effect.zipRight(hosting.ending, stopped)),
  )
  yield* joined.lost.pipe(
    Effect.flatMap((lost) => onRoomLost(hosting, lost, policy)),
    Effect.forkScoped,
  )
  // Where nothing was said yet it begins once more, with its greeting.
  const goesOn = restored.messages.length > 0
  if (goesOn) yield* Metric.increment(takeovers)
  const { conversation, messages, room, user } = restored
  const { conversationId, record } = lease.job
  const transport = record
    ? yield* Recorder.record({ transport: joined.transport, conversationId, fence: lease.fence })
    : joined.transport
  return yield* converse(
    hosting,
    {
      context: { room, conversation, fence: lease.fence },
      user,
      transport,
      before: goesOn ? messages : undefined,
      ending: hosting.ending,
    },
    policy,
  )
})
