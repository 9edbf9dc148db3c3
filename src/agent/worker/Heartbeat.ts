import { Duration, Effect, Metric } from "effect"
import type { Lease } from "../../domain/store/DispatchJob.ts"
import { DispatchQueue, LeaseLost, QueueUnavailable } from "../../domain/store/DispatchQueue.ts"
import type { HostPolicy } from "./HostPolicy.ts"
import { renewalsFailed } from "./WorkerMetrics.ts"

/** A lease survives two renewals that fail. */
const renewalsPerLease = 3

/**
 * Renews a lease, and returns once it is lost. While the queue is away it is taken to be kept: nobody else can claim it
 * then either.
 */
export const untilLost = Effect.fnUntraced(function* (lease: Lease, policy: HostPolicy) {
  const queue = yield* DispatchQueue
  const interval = Duration.millis(queue.leaseMillis / renewalsPerLease)
  const again = Duration.min(policy.renewAgainAfter, interval)
  const renew = queue.renew(lease).pipe(
    Effect.timeoutFail({
      duration: interval,
      onTimeout: () => new QueueUnavailable({ operation: "renew", detail: "no answer" }),
    }),
  )
  let isAway = false
  let wait = interval
  for (;;) {
    yield* Effect.sleep(wait)
    const failure = yield* Effect.flip(renew).pipe(Effect.orElseSucceed(() => undefined))
    if (failure instanceof LeaseLost) return failure
    if (failure === undefined) {
      if (isAway) yield* Effect.logInfo("the lease is renewed again")
      isAway = false
      wait = interval
      continue
    }
    yield* Metric.increment(renewalsFailed)
    if (!isAway) yield* Effect.logWarning(`the lease is not renewed: ${failure.message}`)
    isAway = true
    wait = again
  }
})
