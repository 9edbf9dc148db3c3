import { Deferred, Effect, Either, Option, Queue } from "effect"
import { uuidV7 } from "../../domain/Uuid.ts"
import type { Lease, WorkerId } from "../../domain/store/DispatchJob.ts"
import type { LeaseLost, QueueUnavailable } from "../../domain/store/DispatchQueue.ts"

export interface ClaimsOptions {
  /** Takes a job if there is one now. The same token takes the same job again for as long as it is held. */
  readonly take: (worker: WorkerId, token: string) => Effect.Effect<Option.Option<Lease>, QueueUnavailable>
  readonly giveBack: (lease: Lease) => Effect.Effect<void, LeaseLost | QueueUnavailable>
}

interface Claim {
  readonly worker: WorkerId
  readonly token: string
  readonly answer: Deferred.Deferred<Lease, QueueUnavailable>
  /** Done as soon as nothing is under way for it. */
  readonly settled: Deferred.Deferred<void>
  state: "waiting" | "asked" | "abandoned"
}

/** Also without a bell it is looked that often: for leases that lapse, and for bells that were lost. */
const lookEvery = "200 millis"
/** Claims that are asked for at once. */
const askedMax = 16
/** Tokens kept of claims whose answer was lost. */
const doubtfulMax = 256

/**
 * Claims that wait for a job, first come, first served. One fiber asks for all of them, so that a claim may be given up while
 * its question is under way: what it would have got is given back.
 */
export const make = Effect.fnUntraced(function* ({ giveBack, take }: ClaimsOptions) {
  const claims: Array<Claim> = []
  const doubtful: Array<{ readonly worker: WorkerId; readonly token: string }> = []
  const bell = yield* Queue.dropping<void>(1)
  const ring = () => void bell.unsafeOffer(undefined)

  const leave = (claim: Claim) => {
    const index = claims.indexOf(claim)
    if (index >= 0) claims.splice(index, 1)
  }
  const doubt = ({ token, worker }: Claim) => {
    if (doubtful.push({ worker, token }) > doubtfulMax) doubtful.shift()
  }
  /** Lapses by itself when it cannot be given back. */
  const refuse = (lease: Lease) => Effect.zipRight(Effect.ignore(giveBack(lease)), Effect.sync(ring))

  const settle = (claim: Claim, result: Either.Either<Option.Option<Lease>, QueueUnavailable>) =>
    Effect.gen(function* () {
      const abandoned = claim.state === "abandoned"
      claim.state = "waiting"
      if (Either.isLeft(result)) {
        doubt(claim)
        leave(claim)
        yield* Deferred.fail(claim.answer, result.left)
      } else if (Option.isSome(result.right)) {
        leave(claim)
        yield* abandoned ? refuse(result.right.value) : Deferred.succeed(claim.answer, result.right.value)
      }
      if (abandoned) yield* Deferred.succeed(claim.settled, undefined)
    })

  /** True: there may be more. */
  const ask = Effect.gen(function* () {
    const asked = claims.slice(0, askedMax)
    for (const claim of asked) claim.state = "asked"
    const results = yield* Effect.forEach(asked, ({ token, worker }) => Effect.either(take(worker, token)), {
      concurrency: "unbounded",
    })
    for (const [index, claim] of asked.entries()) {
      const result = results[index]
      if (result !== undefined) yield* settle(claim, result)
    }
    const failed = results.find(Either.isLeft)
    // Nobody waits for a store that is away: all learn it.
    if (failed !== undefined) {
      for (const claim of claims.splice(0)) yield* Deferred.fail(claim.answer, failed.left)
    }
    return claims.length > 0 && results.every((result) => Either.isRight(result) && Option.isSome(result.right))
  })

  const serve = Effect.gen(function* () {
    const rung = Queue.take(bell)
    yield* claims.length === 0 ? rung : Effect.timeoutOption(rung, lookEvery)
    yield* Effect.repeat(ask, { while: (more) => more })
  })
  yield* Effect.forkScoped(Effect.forever(serve))

  const abandon = (claim: Claim) =>
    Effect.gen(function* () {
      leave(claim)
      if (claim.state === "asked") {
        claim.state = "abandoned"
        yield* Deferred.await(claim.settled)
      }
      const answer = yield* Deferred.poll(claim.answer)
      if (Option.isSome(answer)) yield* Effect.ignore(Effect.flatMap(answer.value, refuse))
    })

  const claim = Effect.fn("DispatchQueue.claim")(function* (worker: WorkerId) {
    const index = doubtful.findIndex((one) => one.worker === worker)
    const known = index < 0 ? undefined : doubtful.splice(index, 1)[0]?.token
    const made: Claim = {
      worker,
      token: known ?? (yield* uuidV7),
      answer: yield* Deferred.make<Lease, QueueUnavailable>(),
      settled: yield* Deferred.make<void>(),
      state: "waiting",
    }
    claims.push(made)
    ring()
    return yield* Effect.interruptible(Deferred.await(made.answer)).pipe(Effect.onInterrupt(() => abandon(made)))
  }, Effect.uninterruptible)

  return { claim, ring }
})
