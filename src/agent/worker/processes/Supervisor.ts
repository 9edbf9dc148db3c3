import { Clock, Deferred, Duration, Effect, ExecutionStrategy, Exit, Fiber, Layer, Metric, Scope } from "effect"
import { WorkerId } from "../../../domain/store/DispatchJob.ts"
import type { DispatchQueue } from "../../../domain/store/DispatchQueue.ts"
import { within } from "../../../domain/Within.ts"
import * as Signal from "../../transport/Signal.ts"
import * as ChildProcess from "./ChildProcess.ts"
import * as Place from "./Place.ts"
import { Processes, type ProcessesDrained } from "./Processes.ts"
import * as ProcessLife from "./ProcessLife.ts"
import { processesLive } from "./ProcessMetrics.ts"
import { defaultPolicy, type ProcessPolicy } from "./ProcessPolicy.ts"

export interface SupervisorOptions {
  readonly processes: number
  /** The beginning of each worker's id, such as the machine's name. */
  readonly name: string
  /** Program and arguments of a process that is to claim as this worker. */
  readonly command: (worker: WorkerId) => ReadonlyArray<string>
  /** The whole environment of the processes; the supervisor's own by default. */
  readonly env?: Record<string, string>
  readonly policy?: Partial<ProcessPolicy>
}

const nameLengthMax = 60

const make = Effect.fnUntraced(function* (options: SupervisorOptions) {
  const policy = { ...defaultPolicy, ...options.policy }
  // Closed by our own finalizer, which lets the processes end before they are killed.
  const scope = yield* Scope.make()
  const context = yield* Effect.context<DispatchQueue>()
  const living = new Set<ChildProcess.ChildProcess>()
  const changed = Signal.make()
  const forced = yield* Deferred.make<void>()
  const drained = yield* Deferred.make<ProcessesDrained>()
  let places: Fiber.RuntimeFiber<unknown, unknown> | undefined
  let isDraining = false
  let hasAnyReported = false
  let starts = 0

  const setLiving = (change: () => void) =>
    Effect.suspend(() => {
      change()
      changed.notify()
      return Metric.set(processesLive, living.size)
    })

  /** Watches it to its end; what follows then does not hold up its successor. */
  const watch = (child: ChildProcess.ChildProcess, own: Scope.CloseableScope) =>
    Effect.gen(function* () {
      const froze = yield* Effect.raceFirst(
        Effect.as(child.ended, false),
        Effect.as(ProcessLife.untilFrozen(child, policy), true),
      )
      const how = yield* child.ended
      yield* setLiving(() => living.delete(child))
      yield* Scope.close(own, Exit.void)
      const wasToldTo = child.isOrdered() || child.latest()?.isDraining === true
      if (!froze && wasToldTo && how === "exit code 0") return
      yield* ProcessLife.bury(child, { how, cause: froze ? "frozen" : "crashed" }, policy)
    }).pipe(Effect.provide(context), Effect.interruptible, Effect.forkIn(scope))

  const begin = Effect.uninterruptible(
    Effect.gen(function* () {
      starts += 1
      const born = (yield* Clock.currentTimeMillis).toString(36)
      const worker = WorkerId.make(`${options.name.slice(0, nameLengthMax)}-${born}-${starts}`)
      const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
      const child = yield* ChildProcess.spawn({ worker, command: options.command(worker), env: options.env }).pipe(
        Scope.extend(own),
      )
      yield* setLiving(() => living.add(child))
      yield* child
        .until(() => true)
        .pipe(
          Effect.tap(() => void (hasAnyReported = true)),
          Effect.interruptible,
          Effect.forkIn(own),
        )
      yield* watch(child, own)
      return child
    }),
  )

  const none = changed.until(() => living.size === 0)
  const drainNow = Effect.fn("Processes.drain")(function* (bound: Duration.DurationInput | undefined) {
    if (places !== undefined) yield* Fiber.interrupt(places)
    const atFirst = living.size
    yield* Effect.logInfo(`draining ${atFirst} processes`)
    const withinMillis = bound === undefined ? null : Math.round(Duration.toMillis(bound))
    const tellAll = (order: Parameters<ChildProcess.ChildProcess["order"]>[0]) =>
      Effect.forEach(living, (child) => child.order(order), { discard: true })
    yield* tellAll({ _tag: "Drain", withinMillis })
    const patience = Duration.sum(Duration.decode(bound ?? policy.drainWithin), policy.endWithin)
    yield* none.pipe(Effect.raceFirst(Effect.sleep(patience)), Effect.raceFirst(Deferred.await(forced)))
    if (living.size > 0) {
      yield* tellAll({ _tag: "Force" })
      yield* Effect.raceFirst(none, Effect.sleep(policy.forceWithin))
    }
    const killed = living.size
    yield* Effect.forEach(living, ({ kill }) => kill, { discard: true })
    yield* none
    const report: ProcessesDrained = { ended: atFirst - killed, killed }
    yield* Effect.logInfo("drained").pipe(Effect.annotateLogs({ ...report }))
    return report
  })
  const drain = (bound?: Duration.DurationInput) =>
    Effect.suspend(() => {
      if (isDraining) return Deferred.await(drained)
      isDraining = true
      return drainNow(bound).pipe(
        Effect.intoDeferred(drained),
        Effect.forkDaemon,
        Effect.zipRight(Deferred.await(drained)),
      )
    })
  const force = Effect.zipRight(Deferred.succeed(forced, undefined), Effect.forkDaemon(drain()))

  /** A drain interrupts the places, which is not their failure. */
  const broken = <E>(all: Fiber.Fiber<unknown, E>) =>
    Effect.flatMap(Fiber.await(all), (exit) => (isDraining ? Effect.never : Effect.zipRight(exit, Effect.never)))
  const run = Effect.gen(function* () {
    if (isDraining) return
    const all = yield* Effect.forEach(
      Array.from({ length: options.processes }),
      () => Place.keep({ begin, policy, hasAnyReported: () => hasAnyReported }),
      { concurrency: "unbounded", discard: true },
    ).pipe(Effect.forkIn(scope))
    places = all
    yield* Effect.raceFirst(Deferred.await(drained), broken(all))
  })

  yield* Effect.addFinalizer(() =>
    force.pipe(
      Effect.zipRight(Deferred.await(drained)),
      within(Duration.times(policy.forceWithin, 2)),
      Effect.zipRight(Scope.close(scope, Exit.void)),
    ),
  )
  return Processes.of({
    run: Effect.asVoid(run),
    drain,
    force,
    status: Effect.sync(() =>
      Array.from(living, (child) => ({ worker: child.worker, pid: child.pid, report: child.latest() })),
    ),
  })
})

/** Processes of conversations under this one. They end with the scope, killed if they must be. */
export const layer = (options: SupervisorOptions): Layer.Layer<Processes, never, DispatchQueue> =>
  Layer.scoped(Processes, make(options))
