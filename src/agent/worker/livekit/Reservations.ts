import { type Context, type Duration, Effect, Exit, FiberMap, Option, Scope } from "effect"
import type { Slots } from "../Slots.ts"

/** Slots that are kept for jobs between their being accepted and their being given. */
export interface Reservations {
  /** False: no slot is free. */
  readonly reserve: (jobId: string) => Effect.Effect<boolean>
  /** The job came: its slot is held until the scope closes, which is the caller's to do. None: no slot is free. */
  readonly claim: (jobId: string) => Effect.Effect<Option.Option<Scope.CloseableScope>>
  /** The jobs will not come any more. */
  readonly dropAll: Effect.Effect<void>
}

export interface ReservationsOptions {
  readonly slots: Context.Tag.Service<Slots>
  readonly keptFor: Duration.Duration
  /** Told when the job did not come in time. */
  readonly lapsed: Effect.Effect<void>
}

/** Gives back what is reserved when its own scope closes. */
export const make = Effect.fnUntraced(function* ({ keptFor, lapsed, slots }: ReservationsOptions) {
  const kept = new Map<string, Scope.CloseableScope>()
  const timers = yield* FiberMap.make<string>()

  const take = Effect.gen(function* () {
    const scope = yield* Scope.make()
    if (yield* Scope.extend(slots.tryTake, scope)) return Option.some(scope)
    yield* Scope.close(scope, Exit.void)
    return Option.none()
  })
  const drop = (jobId: string) =>
    Effect.suspend(() => {
      const scope = kept.get(jobId)
      kept.delete(jobId)
      return scope === undefined ? Effect.void : Scope.close(scope, Exit.void)
    })
  const dropAll = Effect.suspend(() =>
    Effect.zipRight(FiberMap.clear(timers), Effect.forEach(Array.from(kept.keys()), drop, { discard: true })),
  )
  yield* Effect.addFinalizer(() => dropAll)

  const reserve = (jobId: string) =>
    Effect.gen(function* () {
      if (kept.has(jobId)) return true
      const scope = yield* take
      if (Option.isNone(scope)) return false
      kept.set(jobId, scope.value)
      yield* FiberMap.run(timers, jobId, drop(jobId).pipe(Effect.zipRight(lapsed), Effect.delay(keptFor)))
      return true
    }).pipe(Effect.uninterruptible)

  const claim = (jobId: string) =>
    Effect.gen(function* () {
      const scope = kept.get(jobId)
      kept.delete(jobId)
      yield* FiberMap.remove(timers, jobId)
      return scope === undefined ? yield* take : Option.some(scope)
    }).pipe(Effect.uninterruptible)

  return { reserve, claim, dropAll } satisfies Reservations
})
