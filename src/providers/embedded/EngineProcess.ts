import { Deferred, Duration, Effect, Option, Ref, type Scope } from "effect"
import { ProviderError, TimedOut } from "../../domain/speech/ProviderError.ts"
import type { EngineChild } from "./EngineChild.ts"
import { readyDeadline, restartSchedule, startDeadline } from "./EnginePolicy.ts"
import type { Calls } from "./EngineProtocol.ts"

/** An engine in a process of its own, started again when it ends. */
export interface EngineProcess<C extends Calls> {
  /** Waits for the start that is under way; fails when it failed, until the next one succeeds. */
  readonly ready: Effect.Effect<void, ProviderError>
  /** The process as it is now, if it runs; for looking at it and for tests. */
  readonly pid: Effect.Effect<Option.Option<number>>
  /** Waits for an engine that is starting, then asks it; see `EngineChild.ask` for the deadline. */
  readonly call: <Operation extends keyof C & string>(
    operation: Operation,
    request: C[Operation]["request"],
    deadline: Duration.Duration,
  ) => Effect.Effect<C[Operation]["answer"], ProviderError>
}

export interface EngineProcessOptions {
  readonly provider: string
  readonly spawn: Effect.Effect<EngineChild, never, Scope.Scope>
}

type Start = Deferred.Deferred<EngineChild, ProviderError>

const timedOut = (provider: string, operation: string, budget: Duration.Duration) => () =>
  new ProviderError({
    provider,
    operation,
    reason: new TimedOut({ stage: "attempt", budgetMillis: Duration.toMillis(budget) }),
  })

/** Starts it at once, in the background. */
export const make = Effect.fnUntraced(function* <C extends Calls>({ provider, spawn }: EngineProcessOptions) {
  const current = yield* Ref.make<Start>(yield* Deferred.make<EngineChild, ProviderError>())

  const renew = Effect.flatMap(Deferred.make<EngineChild, ProviderError>(), (start) => Ref.set(current, start))
  /** One life of the process, from start to end; always fails, with why. */
  const live = Effect.gen(function* () {
    // After a failed start, whoever asks from now on waits for this one; after a crash they wait already.
    if (yield* Deferred.isDone(yield* Ref.get(current))) yield* renew
    const start = yield* Ref.get(current)
    const child = yield* spawn
    yield* child.ready.pipe(
      Effect.timeoutFail({ duration: startDeadline, onTimeout: timedOut(provider, "start", startDeadline) }),
      Effect.tapError((error) => Effect.zipRight(Deferred.fail(start, error), Effect.logError(error.message))),
    )
    yield* Deferred.succeed(start, child)
    yield* Effect.logDebug(`${provider} is ready`)
    const how = yield* child.ended
    yield* renew
    yield* Effect.logWarning(`${provider} ended (${how}) and is started again`)
    return yield* Effect.fail(how)
  }).pipe(Effect.scoped)
  yield* Effect.forkScoped(Effect.retry(live, restartSchedule))

  const started = Effect.flatMap(Ref.get(current), Deferred.await)
  const waitForStart = (operation: string) =>
    Effect.timeoutFail(started, { duration: readyDeadline, onTimeout: timedOut(provider, operation, readyDeadline) })
  const call: EngineProcess<C>["call"] = (operation, request, deadline) =>
    Effect.flatMap(Ref.get(current), Deferred.poll).pipe(
      Effect.flatMap(Option.getOrElse(() => waitForStart(operation))),
      Effect.flatMap((child) => child.ask(operation, request, deadline)),
      // The one place where answers of our own process get their type.
      Effect.map((answer) => answer as C[typeof operation]["answer"]),
    )

  const pid = Effect.gen(function* () {
    const start = yield* Ref.get(current)
    if (!(yield* Deferred.isDone(start))) return Option.none()
    return yield* Effect.option(Effect.map(Deferred.await(start), (child) => child.pid))
  })
  const engine: EngineProcess<C> = { ready: Effect.asVoid(started), pid, call }
  return engine
})
