import { Deferred, Effect, Metric } from "effect"
import { Overloaded, ProviderError } from "../../domain/speech/ProviderError.ts"
import { RoundRobin } from "./RoundRobin.ts"

export interface FairQueueOptions {
  /** As it is named in errors, and the `engine` tag of the metric. */
  readonly provider: string
  /** Requests that may wait, beside the one that runs. */
  readonly waitingMax: number
  /** How many of them may be postponable. */
  readonly waitingPostponableMax: number
}

export interface QueuedRequest {
  readonly operation: string
  /** Whose request it is: each stream gets its turn, however much the others ask. */
  readonly stream: number
  /** Postponable requests run only when no other waits. */
  readonly postponable: boolean
}

/** Lets requests to an engine that does one thing at a time wait for their turn. */
export interface FairQueue {
  /**
   * Runs the work when its turn comes; fails as `Overloaded` at once when too many wait. Interrupting gives up the place in the
   * queue; work that has begun goes on without its asker, since an engine cannot be interrupted.
   */
  readonly run: <A>(request: QueuedRequest, work: Effect.Effect<A, ProviderError>) => Effect.Effect<A, ProviderError>
  readonly waiting: Effect.Effect<number>
}

/** Requests that wait for an engine's turn, by `engine`. */
export const waitingMetric = Metric.gauge("parley_speech_engine_waiting", {
  description: "Requests that wait for a speech engine's turn",
})

type Job = Effect.Effect<void>

/** The work is done by one fiber of the scope. */
export const make = Effect.fnUntraced(function* (options: FairQueueOptions) {
  const gauge = Metric.tagged(waitingMetric, "engine", options.provider)
  const prompt = new RoundRobin<Job>()
  const postponable = new RoundRobin<Job>()
  const offered = yield* Effect.makeSemaphore(0)
  const waiting = () => prompt.size + postponable.size
  const measure = Effect.suspend(() => Metric.set(gauge, waiting()))

  const serve = Effect.gen(function* () {
    // One permit an offer; a request that gave up left its permit behind, and then there is nothing to take.
    yield* offered.take(1)
    const job = prompt.take() ?? postponable.take()
    yield* measure
    if (job !== undefined) yield* job
  })
  yield* Effect.forkScoped(Effect.forever(serve))

  const run: FairQueue["run"] = <A>(request: QueuedRequest, work: Effect.Effect<A, ProviderError>) =>
    Effect.gen(function* () {
      const lane = request.postponable ? postponable : prompt
      const full =
        waiting() >= options.waitingMax || (request.postponable && postponable.size >= options.waitingPostponableMax)
      if (full) {
        const reason = new Overloaded({ queued: waiting() })
        return yield* new ProviderError({ provider: options.provider, operation: request.operation, reason })
      }
      const answer = yield* Deferred.make<A, ProviderError>()
      const job: Job = Effect.asVoid(Deferred.complete(answer, work))
      lane.add(request.stream, job)
      yield* measure
      yield* offered.release(1)
      const giveUp = Effect.suspend(() => (lane.remove(request.stream, job) ? measure : Effect.void))
      return yield* Deferred.await(answer).pipe(Effect.onInterrupt(() => giveUp))
    })

  const queue: FairQueue = { run, waiting: Effect.sync(waiting) }
  return queue
})
