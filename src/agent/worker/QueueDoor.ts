import { Clock, Duration, Effect, Exit, FiberSet, Metric, Random, Scope } from "effect"
import type { Lease, WorkerId } from "../../domain/store/DispatchJob.ts"
import { DispatchQueue, type QueueUnavailable } from "../../domain/store/DispatchQueue.ts"
import { within } from "../../domain/Within.ts"
import { ConversationHost } from "./ConversationHost.ts"
import type { Door } from "./Door.ts"
import { Slots } from "./Slots.ts"
import { claimsFailed } from "./WorkerMetrics.ts"

export interface QueueDoorPolicy {
  /** The wait after the first claim that the queue did not answer; doubled with each, and spread by a half. */
  readonly backoffMin: Duration.Duration
  readonly backoffMax: Duration.Duration
  /** A claim that waited this long before it failed shows that the queue had been there. */
  readonly outageForgottenAfter: Duration.Duration
  /** How long giving back a lease that came too late may take. */
  readonly releaseWithin: Duration.Duration
}

export const defaultPolicy: QueueDoorPolicy = {
  backoffMin: Duration.millis(200),
  backoffMax: Duration.seconds(5),
  outageForgottenAfter: Duration.seconds(30),
  releaseWithin: Duration.seconds(5),
}

const untilClosed = (slots: typeof Slots.Service): Effect.Effect<void> =>
  Effect.suspend(() => (slots.isClosed() ? Effect.void : Effect.zipRight(slots.changed, untilClosed(slots))))

/** Failures in a row: told once, and waited longer with each. */
const makeOutage = (policy: QueueDoorPolicy) => {
  let failures = 0
  return {
    over: Effect.suspend(() => {
      if (failures === 0) return Effect.void
      failures = 0
      return Effect.logInfo("the dispatch queue answers again")
    }),
    wait: Effect.fnUntraced(function* (error: QueueUnavailable, claimedForMillis: number) {
      if (claimedForMillis >= Duration.toMillis(policy.outageForgottenAfter)) failures = 0
      yield* Metric.increment(claimsFailed)
      if (failures === 0) yield* Effect.logWarning(`no conversations are claimed: ${error.message}`)
      const doubled = Duration.times(policy.backoffMin, 2 ** Math.min(failures, 16))
      failures += 1
      yield* Effect.sleep(Duration.times(Duration.min(doubled, policy.backoffMax), yield* Random.nextRange(0.5, 1)))
    }),
  }
}

/** Takes a slot, then claims; each conversation holds its slot until it is over. */
export const make = Effect.fnUntraced(function* (worker: WorkerId, options: Partial<QueueDoorPolicy> = {}) {
  const policy = { ...defaultPolicy, ...options }
  const slots = yield* Slots
  const queue = yield* DispatchQueue
  const host = yield* ConversationHost

  const giveBack = (lease: Lease) =>
    queue.release(lease).pipe(
      Effect.catchAll((error) => Effect.logWarning(error.message)),
      within(policy.releaseWithin),
    )

  /** The lease is handed over or given back, whatever interrupts. */
  const next = (outage: ReturnType<typeof makeOutage>, hosting: FiberSet.FiberSet) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const slot = yield* Scope.make()
        const startedAt = yield* Clock.currentTimeMillis
        const claimed = yield* restore(Effect.zipRight(Scope.extend(slots.take, slot), queue.claim(worker))).pipe(
          Effect.onError((cause) => Scope.close(slot, Exit.failCause(cause))),
          Effect.either,
        )
        if (claimed._tag === "Left") {
          return yield* restore(outage.wait(claimed.left, (yield* Clock.currentTimeMillis) - startedAt))
        }
        yield* outage.over
        if (slots.isClosed()) return yield* Effect.ensuring(giveBack(claimed.right), Scope.close(slot, Exit.void))
        yield* host
          .host(claimed.right)
          .pipe(Effect.interruptible, Effect.ensuring(Scope.close(slot, Exit.void)), FiberSet.run(hosting))
      }),
    )

  const run = Effect.gen(function* () {
    const hosting = yield* FiberSet.make()
    const outage = makeOutage(policy)
    yield* Effect.raceFirst(Effect.forever(next(outage, hosting)), untilClosed(slots))
    yield* FiberSet.awaitEmpty(hosting)
  }).pipe(Effect.scoped, Effect.annotateLogs({ worker }))
  const door: Door = { name: "queue", run }
  return door
})
