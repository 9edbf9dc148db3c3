import { Clock, Effect } from "effect"

/**
 * After an outage many leases have lapsed whose workers are well: whoever has just seen one leaves them alone for a while, so
 * that they are renewed rather than handed over.
 */
export const make = (graceMillis: number) => {
  let isAway = false
  let graceUntilMillis = 0
  const nowMillis = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos / 1_000_000n))

  /** Takes note of how a call ends. */
  const watch = <A, E>(call: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    call.pipe(
      Effect.tapError(() => Effect.sync(() => (isAway = true))),
      Effect.tap(() =>
        Effect.map(nowMillis, (now) => {
          if (isAway) graceUntilMillis = now + graceMillis
          isAway = false
        }),
      ),
    )
  return { watch, isGrace: Effect.map(nowMillis, (now) => isAway || now < graceUntilMillis) }
}
