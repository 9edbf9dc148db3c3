import { Cause, Deferred, Duration, Effect, Exit, Fiber, FiberSet, Layer, Scope } from "effect"
import { within } from "../../domain/Within.ts"
import { ConversationHost } from "./ConversationHost.ts"
import type { Door } from "./Door.ts"
import { Slots } from "./Slots.ts"
import { type DrainReport, Worker } from "./Worker.ts"

export interface WorkerPolicy {
  /** How long conversations may go on once a drain has begun. */
  readonly drainWithin: Duration.Duration
  /** How long all of them together may say goodbye. */
  readonly goodbyeWithin: Duration.Duration
  /** How long what was interrupted may take to store what it has. */
  readonly interruptWithin: Duration.Duration
}

export const defaultPolicy: WorkerPolicy = {
  drainWithin: Duration.minutes(10),
  goodbyeWithin: Duration.seconds(20),
  interruptWithin: Duration.seconds(10),
}

const make = Effect.fnUntraced(function* (doors: ReadonlyArray<Door>, policy: WorkerPolicy) {
  const slots = yield* Slots
  const host = yield* ConversationHost
  // Not in the layer's own scope, which would wait for ever for what does not let itself be interrupted.
  const scope = yield* Scope.make()
  const open = yield* Scope.extend(FiberSet.make<void>(), scope)
  yield* Effect.addFinalizer(() => within(policy.interruptWithin)(Scope.close(scope, Exit.void)))
  const forced = yield* Deferred.make<void>()
  const drained = yield* Deferred.make<DrainReport>()
  let isDraining = false

  const count = () => host.rooms().length
  const empty = (bound: Duration.Duration) =>
    slots.empty.pipe(Effect.raceFirst(Effect.sleep(bound)), Effect.raceFirst(Deferred.await(forced)))
  const isForced = Deferred.isDone(forced)
  // All at once; `FiberSet.clear` would wait for one before it interrupts the next.
  const interruptAll = Effect.suspend(() => Fiber.interruptAll(open))

  const drainNow = Effect.fn("Worker.drain")(function* (drainWithin: Duration.Duration) {
    yield* slots.close
    const atFirst = count()
    yield* Effect.logInfo(`draining: ${atFirst} conversations have ${Duration.format(drainWithin)} to end`)
    yield* empty(drainWithin)
    const unfinished = count()
    if (unfinished > 0 && !(yield* isForced)) {
      yield* Effect.logInfo(`${unfinished} conversations say goodbye`)
      yield* host.sayGoodbye
      yield* empty(policy.goodbyeWithin)
    }
    const speaking = count()
    yield* within(policy.interruptWithin)(interruptAll)
    const left = count()
    const report: DrainReport = {
      finished: atFirst - unfinished,
      saidGoodbye: unfinished - speaking,
      interrupted: speaking - left,
      left,
    }
    yield* Effect.logInfo("drained").pipe(Effect.annotateLogs({ ...report }))
    return report
  })

  const drain = (bound?: Duration.DurationInput) =>
    Effect.suspend(() => {
      if (isDraining) return Deferred.await(drained)
      isDraining = true
      // Whoever asked may go away; a drain that was begun comes to its end.
      return drainNow(Duration.decode(bound ?? policy.drainWithin)).pipe(
        Effect.intoDeferred(drained),
        Effect.forkDaemon,
        Effect.zipRight(Deferred.await(drained)),
      )
    })

  /** What came by the other doors goes on to its end; then the process is better started anew. */
  const watched = ({ name, run }: Door) =>
    Effect.catchAllCause(run, (cause) =>
      Cause.isInterruptedOnly(cause)
        ? Effect.void
        : Effect.zipRight(Effect.logError(`the ${name} door broke; the worker is drained`, cause), drain()),
    )

  return Worker.of({
    run: Effect.gen(function* () {
      yield* Effect.forEach(doors, (door) => FiberSet.run(open, watched(door)), { discard: true })
      yield* FiberSet.awaitEmpty(open).pipe(
        Effect.zipRight(Effect.suspend(() => (isDraining ? Deferred.await(drained) : Effect.void))),
        // What is left after the last bound does not hold up the process's end.
        Effect.raceFirst(Deferred.await(drained)),
      )
    }).pipe(Effect.onInterrupt(() => interruptAll)),
    drain,
    force: Effect.zipRight(Deferred.succeed(forced, undefined), Effect.forkDaemon(drain())),
    status: Effect.sync(() => ({
      used: slots.used(),
      total: slots.total,
      rooms: host.rooms(),
      conversationsServed: host.served(),
      isDraining: slots.isClosed(),
    })),
  })
})

/** A worker over these doors, which share its slots. */
export const layer = (
  doors: ReadonlyArray<Door>,
  policy: Partial<WorkerPolicy> = {},
): Layer.Layer<Worker, never, Slots | ConversationHost> =>
  Layer.scoped(Worker, make(doors, { ...defaultPolicy, ...policy }))
