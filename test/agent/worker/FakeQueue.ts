import { Clock, Effect } from "effect"
import type { ConversationId } from "../../../src/domain/conversation/Conversation.ts"
import type { DispatchJob, Lease, Place, WorkerId } from "../../../src/domain/store/DispatchJob.ts"
import { type DispatchQueue, LeaseLost, QueueUnavailable } from "../../../src/domain/store/DispatchQueue.ts"

const leaseMillis = 9_000

interface Entry {
  readonly job: DispatchJob
  fence: number
  holder: WorkerId | undefined
  untilMillis: number
}

/** A queue of one process with leases that lapse, whose every call can be seen, and made to fail. */
export class FakeQueue {
  readonly entries = new Map<ConversationId, Entry>()
  readonly calls: Array<string> = []
  #isAway = false
  #claimsWaiting = 0

  readonly #ask = <A, E>(operation: string, answer: (now: number) => Effect.Effect<A, E>) =>
    Effect.flatMap(Clock.currentTimeMillis, (now): Effect.Effect<A, E | QueueUnavailable> => {
      this.calls.push(operation)
      return this.#isAway ? Effect.fail(new QueueUnavailable({ operation, detail: "away" })) : answer(now)
    })

  readonly #held = (lease: Lease): Effect.Effect<Entry, LeaseLost> => {
    const entry = this.entries.get(lease.job.conversationId)
    const isHeld = entry?.fence === lease.fence && entry.holder === lease.worker
    return isHeld
      ? Effect.succeed(entry)
      : Effect.fail(new LeaseLost({ conversationId: lease.job.conversationId, fence: lease.fence }))
  }

  readonly #take = (worker: WorkerId, now: number): Lease | undefined => {
    for (const entry of this.entries.values()) {
      if (entry.holder !== undefined && entry.untilMillis > now) continue
      return this.#give(entry, worker, now)
    }
    return undefined
  }
  readonly #give = (entry: Entry, worker: WorkerId, now: number): Lease => {
    entry.fence += 1
    entry.holder = worker
    entry.untilMillis = now + leaseMillis
    return { job: entry.job, worker, fence: entry.fence }
  }

  readonly setAway = (isAway: boolean) => void (this.#isAway = isAway)
  /** Another worker claims what is held. */
  readonly steal = (id: ConversationId, worker: WorkerId): Effect.Effect<Lease> =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const entry = this.entries.get(id)
      if (entry === undefined) throw new Error("no such job")
      return this.#give(entry, worker, now)
    })
  readonly add = (job: DispatchJob, fence = 0) =>
    void this.entries.set(job.conversationId, { job, fence, holder: undefined, untilMillis: 0 })
  readonly held = (): ReadonlyArray<ConversationId> =>
    Array.from(this.entries.values()).flatMap(({ holder, job }) => (holder === undefined ? [] : [job.conversationId]))
  readonly claimsWaiting = () => this.#claimsWaiting

  readonly service: typeof DispatchQueue.Service = {
    leaseMillis,
    enqueue: (job) =>
      this.#ask("enqueue", () => {
        this.add(job)
        return Effect.succeed<Place>({ _tag: "Waiting", position: this.entries.size, estimateMillis: null })
      }),
    claim: (worker) => {
      const tryOnce = this.#ask("claim", (now) => Effect.succeed(this.#take(worker, now)))
      const first: Effect.Effect<Lease, QueueUnavailable> = Effect.gen(function* () {
        for (;;) {
          const lease = yield* tryOnce
          if (lease !== undefined) return lease
          yield* Effect.sleep(50)
        }
      })
      return Effect.acquireUseRelease(
        Effect.sync(() => (this.#claimsWaiting += 1)),
        () => first,
        () => Effect.sync(() => (this.#claimsWaiting -= 1)),
      )
    },
    adopt: (job, worker) => {
      this.add(job)
      return this.steal(job.conversationId, worker)
    },
    renew: (lease) =>
      this.#ask("renew", (now) =>
        Effect.map(this.#held(lease), (entry) => void (entry.untilMillis = now + leaseMillis)),
      ),
    complete: (lease) =>
      this.#ask("complete", () =>
        Effect.map(this.#held(lease), () => void this.entries.delete(lease.job.conversationId)),
      ),
    release: (lease) =>
      this.#ask("release", () => Effect.map(this.#held(lease), (entry) => void (entry.holder = undefined))),
    releaseAll: (worker) =>
      this.#ask("releaseAll", () =>
        Effect.sync(() =>
          Array.from(this.entries.values())
            .filter(({ holder }) => holder === worker)
            .map((entry) => {
              entry.holder = undefined
              return entry.job.conversationId
            }),
        ),
      ),
    withdraw: (id) => this.#ask("withdraw", () => Effect.sync(() => void this.entries.delete(id))),
    place: (id) =>
      this.#ask("place", () => {
        const entry = this.entries.get(id)
        if (entry === undefined) return Effect.succeed<Place>({ _tag: "Unknown" })
        return Effect.succeed<Place>(
          entry.holder === undefined
            ? { _tag: "Waiting", position: 1, estimateMillis: null }
            : { _tag: "Held", worker: entry.holder, fence: entry.fence },
        )
      }),
    statistics: Effect.sync(() => ({ waiting: this.entries.size - this.held().length, held: this.held().length })),
  }
}
