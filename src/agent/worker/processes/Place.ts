import { Clock, Duration, Effect, Metric } from "effect"
import type { ChildProcess } from "./ChildProcess.ts"
import { processesReplaced } from "./ProcessMetrics.ts"
import type { ProcessPolicy } from "./ProcessPolicy.ts"
import { ProcessesNotStarted } from "./Processes.ts"

export interface PlaceOptions {
  /** Starts a process that is watched and, once it has ended, buried. */
  readonly begin: Effect.Effect<ChildProcess>
  readonly policy: ProcessPolicy
  /** Whether any process of any place has ever reported. */
  readonly hasAnyReported: () => boolean
}

/**
 * One of N: a process that is started again when it ends, and replaced when it is worn. A successor reports before the old one
 * is told to drain, and a place has at most one that is still draining.
 */
export const keep = Effect.fnUntraced(function* ({ begin, hasAnyReported, policy }: PlaceOptions) {
  let worn: ChildProcess | undefined
  let retiring: ChildProcess | undefined
  let failures = 0

  const isWorn = ({ conversationsServed, rssBytes }: { conversationsServed: number; rssBytes: number }) =>
    conversationsServed >= policy.conversationsMax || rssBytes >= policy.rssBytesMax
  const untilWorn = (child: ChildProcess) =>
    Effect.zipRight(retiring === undefined ? Effect.void : retiring.ended, child.until(isWorn))

  const wait = Effect.fnUntraced(function* (child: ChildProcess) {
    const livedMillis = (yield* Clock.currentTimeMillis) - child.startedAtMillis
    if (livedMillis >= Duration.toMillis(policy.restartForgottenAfter)) failures = 0
    const doubled = Duration.times(policy.restartMin, 2 ** Math.min(failures, 16))
    failures += 1
    yield* Effect.sleep(Duration.min(doubled, policy.restartMax))
  })

  const retire = Effect.fnUntraced(function* (child: ChildProcess) {
    const { conversationsServed = 0, rooms = [], rssBytes = 0 } = child.latest() ?? {}
    yield* Effect.logInfo(
      `process ${child.pid} is replaced after ${conversationsServed} conversations, with ${Math.round(rssBytes / 1_024 ** 2)} MB; ${rooms.length} go on in it`,
    )
    yield* Metric.increment(Metric.tagged(processesReplaced, "cause", "recycled"))
    yield* child.order({ _tag: "Drain", withinMillis: Duration.toMillis(policy.retireWithin) })
    retiring = child
  })

  for (;;) {
    const child = yield* begin
    const how = yield* Effect.raceFirst(
      Effect.as(
        child.until(() => true),
        undefined,
      ),
      child.ended,
    )
    if (how === undefined) {
      if (worn !== undefined) yield* retire(worn)
      worn = undefined
      if (yield* Effect.raceFirst(Effect.as(untilWorn(child), true), Effect.as(child.ended, false))) {
        worn = child
        continue
      }
    } else if (!hasAnyReported() && failures + 1 >= policy.startsFailedMax) {
      return yield* new ProcessesNotStarted({ starts: failures + 1, how })
    }
    yield* wait(child)
  }
})
