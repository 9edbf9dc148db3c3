import { Cause, Clock, Data, Duration, Effect, Exit, Metric, Option, Ref } from "effect"
import { CircuitOpen } from "../../domain/speech/ProviderError.ts"

/**
 * `Closed`: calls pass, failures in a row are counted. `Open`: calls are refused until `untilMillis` (epoch).
 * `HalfOpen`: one probe is under way, everyone else is refused.
 */
export type CircuitState = Data.TaggedEnum<{
  Closed: { readonly failures: number }
  Open: { readonly untilMillis: number }
  HalfOpen: {}
}>
export const CircuitState = Data.taggedEnum<CircuitState>()

/** What became of an admitted call. `ignored`: it was given up by its caller and says nothing about the vendor. */
export type CallOutcome = "success" | "failure" | "ignored"

/** An admitted call; it must be settled, or a probe would stay under way for ever. */
export interface Permit {
  readonly settle: (outcome: CallOutcome) => Effect.Effect<void>
  /** The vendor works, though the call goes on: ends a probe early, and is nothing to a closed breaker. */
  readonly answered: Effect.Effect<void>
}

export interface CircuitBreaker {
  readonly state: Effect.Effect<CircuitState>
  /** For calls that are longer than one effect, such as streams. */
  readonly admit: Effect.Effect<Permit, CircuitOpen>
  /** One outcome a call. A defect counts as a failure, an interruption as nothing. */
  readonly execute: <E, E2>(options: {
    readonly countsAsFailure: (error: E) => boolean
    readonly onOpen: (reason: CircuitOpen) => E2
  }) => <A, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | E2, R>
}

export interface CircuitBreakerPolicy {
  readonly consecutiveFailuresMax: number
  readonly openDuration: Duration.Duration
}

/** 0 closed, 1 half-open, 2 open; tagged with the breaker's name. */
export const stateMetric = Metric.gauge("parley_circuit_breaker_state", {
  description: "0 closed, 1 half-open, 2 open",
})
const gaugeValue: Record<CircuitState["_tag"], number> = { Closed: 0, HalfOpen: 1, Open: 2 }

export const outcomeOf = <A, E>(exit: Exit.Exit<A, E>, countsAsFailure: (error: E) => boolean): CallOutcome => {
  if (Exit.isSuccess(exit)) return "success"
  if (Cause.isInterruptedOnly(exit.cause)) return "ignored"
  return Option.match(Cause.failureOption(exit.cause), {
    onNone: () => "failure",
    // A vendor that refuses this very request is alive and well.
    onSome: (error) => (countsAsFailure(error) ? "failure" : "success"),
  })
}

/** The states as one table: what a settled call makes of the state that it finds. */
const settled = (
  state: CircuitState,
  outcome: CallOutcome,
  nowMillis: number,
  policy: CircuitBreakerPolicy,
): CircuitState => {
  const reopened = CircuitState.Open({ untilMillis: nowMillis + Duration.toMillis(policy.openDuration) })
  switch (state._tag) {
    // A straggler from before the opening says nothing new.
    case "Open":
      return state
    case "HalfOpen":
      if (outcome === "success") return CircuitState.Closed({ failures: 0 })
      // The probe told nothing: the next call may probe at once.
      return outcome === "ignored" ? CircuitState.Open({ untilMillis: nowMillis }) : reopened
    case "Closed":
      if (outcome === "success") return CircuitState.Closed({ failures: 0 })
      if (outcome === "ignored") return state
      return state.failures + 1 >= policy.consecutiveFailuresMax
        ? reopened
        : CircuitState.Closed({ failures: state.failures + 1 })
  }
}

/** Refuses calls for a while after several failures in a row. Named and shaped as in Effect 4, which has one of its own. */
export const make = Effect.fnUntraced(function* (name: string, policy: CircuitBreakerPolicy) {
  const ref = yield* Ref.make<CircuitState>(CircuitState.Closed({ failures: 0 }))
  const gauge = Metric.tagged(stateMetric, "breaker", name)
  const show = Effect.flatMap(Ref.get(ref), (state) => Metric.set(gauge, gaugeValue[state._tag]))
  yield* show

  const settle = (outcome: CallOutcome) =>
    Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) => Ref.update(ref, (state) => settled(state, outcome, now, policy))),
      Effect.zipRight(show),
    )
  const answered = Effect.zipRight(
    Ref.update(ref, (state) => (state._tag === "HalfOpen" ? CircuitState.Closed({ failures: 0 }) : state)),
    show,
  )

  const refusedForMillis = (nowMillis: number) =>
    Ref.modify(ref, (state): readonly [Option.Option<number>, CircuitState] => {
      if (state._tag === "Closed") return [Option.none(), state]
      if (state._tag === "HalfOpen") return [Option.some(Duration.toMillis(policy.openDuration)), state]
      return nowMillis >= state.untilMillis
        ? [Option.none(), CircuitState.HalfOpen()]
        : [Option.some(state.untilMillis - nowMillis), state]
    })

  const admit = Effect.gen(function* () {
    const refused = yield* Effect.flatMap(Clock.currentTimeMillis, refusedForMillis)
    yield* show
    if (Option.isSome(refused)) return yield* new CircuitOpen({ retryAfter: Duration.millis(refused.value) })
    return { settle, answered } satisfies Permit
  })

  const execute: CircuitBreaker["execute"] =
    ({ countsAsFailure, onOpen }) =>
    (self) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const permit = yield* Effect.mapError(admit, onOpen)
          const exit = yield* Effect.exit(restore(self))
          yield* permit.settle(outcomeOf(exit, countsAsFailure))
          return yield* exit
        }),
      )
  return { state: Ref.get(ref), admit, execute } satisfies CircuitBreaker
})
