import { Cause, Clock, Deferred, Duration, Effect, Exit, Option, Ref, Schedule, Stream } from "effect"
import { ProviderError, TimedOut } from "../domain/speech/ProviderError.ts"
import { type CircuitBreaker, outcomeOf } from "../infra/resilience/CircuitBreaker.ts"
import { type ProviderPolicy, retrySchedule } from "./ProviderPolicy.ts"

export interface GuardOptions {
  readonly provider: string
  readonly operation: string
  readonly policy: ProviderPolicy
  readonly breaker: CircuitBreaker
}

export interface GuardStreamOptions<A> extends GuardOptions {
  /** Whether an event binds us to this try; after it a failure passes through. Default: the first event does. */
  readonly commits?: (event: A) => boolean
  /** Deadlines count only once this is done, such as when the audio to recognise has ended. Default: at once. */
  readonly armed?: Deferred.Deferred<void>
}

const errorOf = (options: GuardOptions, reason: ProviderError["reason"]) =>
  new ProviderError({ provider: options.provider, operation: options.operation, reason })

const timedOut = (options: GuardOptions, stage: TimedOut["stage"], budget: Duration.Duration) =>
  errorOf(options, new TimedOut({ stage, budgetMillis: Duration.toMillis(budget) }))

/** `breaker(total deadline(retry(attempt deadline(call))))`: the breaker sees one outcome a call. */
export const guard =
  (options: GuardOptions) =>
  <A, R>(call: Effect.Effect<A, ProviderError, R>): Effect.Effect<A, ProviderError, R> => {
    const { attemptTimeout, totalTimeout, retry } = options.policy
    return call.pipe(
      Effect.timeoutFail({
        duration: attemptTimeout,
        onTimeout: () => timedOut(options, "attempt", attemptTimeout),
      }),
      Effect.retry(retrySchedule(retry)),
      Effect.timeoutFail({ duration: totalTimeout, onTimeout: () => timedOut(options, "total", totalTimeout) }),
      options.breaker.execute({
        countsAsFailure: (error: ProviderError) => error.isTransient,
        onOpen: (reason) => errorOf(options, reason),
      }),
      Effect.withSpan(`${options.provider}.${options.operation}`),
    )
  }

/** Waits for `effect`, at most until the deadline, and takes the wait off what is left of the total. */
const waitWithin = <A, E, R, B>(
  effect: Effect.Effect<A, E, R>,
  stage: "first-event" | "inter-event",
  budgetOfStage: Duration.Duration,
  context: { readonly options: GuardStreamOptions<B>; readonly left: Ref.Ref<Duration.Duration> },
) =>
  Effect.gen(function* () {
    const { options, left } = context
    const armed = options.armed
    const leftNow = yield* Ref.get(left)
    const [after, error] = Duration.lessThan(leftNow, budgetOfStage)
      ? [leftNow, timedOut(options, "total", options.policy.totalTimeout)]
      : [budgetOfStage, timedOut(options, stage, budgetOfStage)]
    const counts = armed === undefined || (yield* Deferred.isDone(armed))
    const startedMillis = yield* Clock.currentTimeMillis
    const expired = (armed === undefined ? Effect.void : Deferred.await(armed)).pipe(
      Effect.zipRight(Effect.sleep(after)),
      Effect.zipRight(Effect.fail(error)),
    )
    return yield* Effect.raceFirst(effect, expired).pipe(
      Effect.ensuring(
        Effect.flatMap(Clock.currentTimeMillis, (nowMillis) =>
          counts ? Ref.update(left, Duration.subtract(Duration.millis(nowMillis - startedMillis))) : Effect.void,
        ),
      ),
    )
  })

const withDeadlines = <A, R>(
  stream: Stream.Stream<A, ProviderError, R>,
  context: { readonly options: GuardStreamOptions<A>; readonly left: Ref.Ref<Duration.Duration> },
): Stream.Stream<A, ProviderError, R> =>
  Stream.fromPull(
    Effect.map(Effect.zip(Stream.toPull(stream), Ref.make(false)), ([pull, begun]) =>
      Effect.gen(function* () {
        const { firstEventTimeout, interEventTimeout } = context.options.policy
        const events = (yield* Ref.get(begun))
          ? yield* waitWithin(pull, "inter-event", interEventTimeout, context)
          : yield* waitWithin(pull, "first-event", firstEventTimeout, context)
        yield* Ref.set(begun, true)
        return events
      }).pipe(Effect.mapError((error) => (Option.isOption(error) ? error : Option.some(error)))),
    ),
  )

/**
 * The same for a stream: each wait has its deadline, and a failure is retried as long as nothing binding was emitted; after
 * that it passes through, since what was said cannot be unsaid.
 */
export const guardStream =
  <A>(options: GuardStreamOptions<A>) =>
  <R>(attempt: Stream.Stream<A, ProviderError, R>): Stream.Stream<A, ProviderError, R> =>
    Stream.unwrapScoped(
      Effect.gen(function* () {
        const { policy } = options
        const commits = options.commits ?? (() => true)
        const permit = yield* Effect.mapError(options.breaker.admit, (reason) => errorOf(options, reason))
        const committed = yield* Ref.make(false)
        const last = yield* Ref.make<Exit.Exit<void, ProviderError> | undefined>(undefined)
        yield* Effect.addFinalizer(() =>
          Effect.gen(function* () {
            const exit = yield* Ref.get(last)
            if (exit !== undefined) return yield* permit.settle(outcomeOf(exit, (error) => error.isTransient))
            // Left by its reader: once it had answered, that is a success.
            yield* permit.settle((yield* Ref.get(committed)) ? "success" : "ignored")
          }),
        )
        const left = yield* Ref.make(policy.totalTimeout)
        const driver = yield* Schedule.driver(retrySchedule(policy.retry))

        const once = withDeadlines(attempt, { options, left }).pipe(
          Stream.mapChunksEffect((events) =>
            Ref.get(committed).pipe(
              Effect.flatMap((already) =>
                already || !Array.from(events).some(commits)
                  ? Effect.void
                  : Effect.zipRight(Ref.set(committed, true), permit.answered),
              ),
              Effect.as(events),
            ),
          ),
        )
        const again = (error: ProviderError) =>
          Effect.gen(function* () {
            if (yield* Ref.get(committed)) return yield* error
            // Out of tries, or of time for another pause: the failure itself says more than either.
            yield* Effect.mapError(
              waitWithin(driver.next(error), "first-event", Duration.infinity, { options, left }),
              () => error,
            )
          })
        const tries: Stream.Stream<A, ProviderError, R> = Stream.catchAll(once, (error) =>
          Stream.unwrap(
            Effect.as(
              again(error),
              Stream.suspend(() => tries),
            ),
          ),
        )
        return tries.pipe(
          Stream.onError((cause) =>
            Cause.isInterruptedOnly(cause) ? Effect.void : Ref.set(last, Exit.failCause(cause)),
          ),
          Stream.onDone(() => Ref.set(last, Exit.void)),
        )
      }),
    ).pipe(Stream.withSpan(`${options.provider}.${options.operation}`))
