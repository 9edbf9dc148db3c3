import { Clock, Duration, Effect, Metric, Schedule } from "effect"
import { DispatchQueue } from "../../../domain/store/DispatchQueue.ts"
import { within } from "../../../domain/Within.ts"
import type { ChildProcess } from "./ChildProcess.ts"
import { processesReplaced, roomsOrphaned } from "./ProcessMetrics.ts"
import type { ProcessPolicy } from "./ProcessPolicy.ts"

/** Kills a process that does not report any more, and returns then; for ever while it does. */
export const untilFrozen = Effect.fnUntraced(function* (child: ChildProcess, policy: ProcessPolicy) {
  for (;;) {
    yield* Effect.sleep(policy.reportEvery)
    const silent = Duration.millis((yield* Clock.currentTimeMillis) - child.heardAtMillis())
    const bound = child.latest() === undefined ? policy.startWithin : policy.silentMax
    if (Duration.lessThan(silent, bound)) continue
    yield* Effect.logError(`process ${child.pid} has been silent for ${Duration.format(silent)} and is killed`)
    return yield* child.kill
  }
})

/** What it held goes to others at once, and does not wait for its leases to lapse. */
const giveBack = Effect.fnUntraced(function* (child: ChildProcess, policy: ProcessPolicy) {
  const queue = yield* DispatchQueue
  const given = yield* queue.releaseAll(child.worker).pipe(
    Effect.retry(Schedule.spaced("500 millis")),
    Effect.tap((ids) => Effect.logInfo(`${ids.length} conversations of ${child.worker} were given back`)),
    within(policy.releaseWithin),
  )
  if (given._tag === "None") yield* Effect.logWarning(`what ${child.worker} held was not given back; its leases lapse`)
})

/** To be run once a process has ended by anything but a drain. */
export const bury = Effect.fnUntraced(function* (
  child: ChildProcess,
  end: { readonly how: string; readonly cause: "crashed" | "frozen" },
  policy: ProcessPolicy,
) {
  const rooms = child.latest()?.rooms ?? []
  yield* Effect.logError(`a process of conversations ${end.cause} (${end.how})`).pipe(
    Effect.annotateLogs({ worker: child.worker, pid: child.pid, rooms }),
  )
  yield* Metric.increment(Metric.tagged(processesReplaced, "cause", end.cause))
  yield* Metric.incrementBy(roomsOrphaned, rooms.length)
  yield* giveBack(child, policy)
})
