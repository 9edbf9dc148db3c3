import { Cause, Deferred, Effect, Exit, Fiber, FiberSet, Metric, Option, Scope } from "effect"
import * as Signal from "../../transport/Signal.ts"
import * as DoorMetrics from "./DoorMetrics.ts"
import type { JobOutcome } from "./JobRun.ts"
import type { LiveKitJob } from "./ServerSaid.ts"

/** How a job of LiveKit came to its end, as its server is told. `detail` is for whoever asked for the assistant. */
export interface JobEnd {
  readonly outcome: "success" | "failed" | "terminated"
  readonly detail: string
}

const endOf = <E extends { readonly message: string }>(exit: Exit.Exit<JobOutcome, E>): JobEnd => {
  if (Exit.isSuccess(exit)) return { outcome: exit.value === "terminated" ? "terminated" : "success", detail: "" }
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure)) return { outcome: "failed", detail: failure.value.message }
  return { outcome: "failed", detail: Cause.isInterruptedOnly(exit.cause) ? "the worker stopped" : "the worker failed" }
}

const explained = <E extends { readonly message: string }>(exit: Exit.Exit<JobOutcome, E>) => {
  if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return Effect.void
  return Option.match(Cause.failureOption(exit.cause), {
    onSome: ({ message }) => Effect.logWarning(`a job of LiveKit was not held: ${message}`),
    onNone: () => Effect.logError("a job of LiveKit broke", exit.cause),
  })
}

export interface LiveJobsOptions<E, R> {
  readonly run: (job: LiveKitJob, terminated: Effect.Effect<void>) => Effect.Effect<JobOutcome, E, R>
  readonly ended: (job: LiveKitJob, end: JobEnd) => void
}

/** The jobs of LiveKit that are under way, whatever becomes of the socket by which they came. They end with the scope. */
export const make = Effect.fnUntraced(function* <E extends { readonly message: string }, R>(
  options: LiveJobsOptions<E, R>,
) {
  const signal = Signal.make()
  const fibers = yield* FiberSet.make()
  const live = new Map<string, { readonly job: LiveKitJob; readonly terminated: Deferred.Deferred<void> }>()

  /** The slot is given back, and the server told, whatever interrupts: a fiber of the set begins as uninterruptible as this is. */
  const start = (job: LiveKitJob, slot: Scope.CloseableScope) =>
    Effect.gen(function* () {
      const terminated = yield* Deferred.make<void>()
      live.set(job.id, { job, terminated })
      const held = Effect.interruptible(options.run(job, Deferred.await(terminated)))
      yield* Effect.gen(function* () {
        const exit = yield* Effect.exit(held)
        yield* explained(exit)
        yield* Scope.close(slot, exit)
        const end = endOf(exit)
        yield* Metric.increment(Metric.tagged(DoorMetrics.jobs, "outcome", end.outcome))
        options.ended(job, end)
        live.delete(job.id)
        signal.notify()
      }).pipe(Effect.annotateLogs({ livekitJob: job.id, room: job.room }), FiberSet.run(fibers))
    }).pipe(Effect.uninterruptible)

  return {
    start,
    find: (jobId: string) => Option.map(Option.fromNullable(live.get(jobId)), ({ job }) => job),
    terminate: (jobId: string) =>
      Effect.suspend(() => {
        const entry = live.get(jobId)
        return entry === undefined ? Effect.void : Deferred.succeed(entry.terminated, undefined)
      }),
    /** Returns once none is under way. */
    none: signal.until(() => live.size === 0),
    /** All at once, not one after the other. */
    interruptAll: Effect.suspend(() => Fiber.interruptAll(fibers)),
  }
})
