import { Clock, Effect, Layer, Option } from "effect"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { DispatchJob, Lease, WorkerId } from "../../domain/store/DispatchJob.ts"
import { DispatchQueue, LeaseLost, QueueFull } from "../../domain/store/DispatchQueue.ts"
import * as Claims from "../dispatch/Claims.ts"
import { config, defaults, type DispatchOptions } from "../dispatch/DispatchOptions.ts"
import { type HeldJob, JobTable } from "./JobTable.ts"

/** Completed jobs that are remembered, for whoever completes one again. */
const endedMax = 1_000

/** Monotonic: what the clock on the wall does is nothing to a lease. */
const nowMillis = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos / 1_000_000n))

// Every operation reads the clocks first: after that nothing of it may yield, or another could come in between.
const clocks = Effect.all({ now: nowMillis, epoch: Clock.currentTimeMillis })
type Clocks = Effect.Effect.Success<typeof clocks>

const lost = ({ fence, job: { conversationId } }: Lease) => new LeaseLost({ conversationId, fence })

const make = Effect.fnUntraced(function* ({ leaseMillis, waitingMax }: DispatchOptions) {
  const table = new JobTable()
  const ended = new Map<ConversationId, number>()
  let lastFence = 0

  const hold = (job: DispatchJob, order: number, worker: WorkerId, { epoch, now }: Clocks): Lease => {
    // Not smaller than the time: a fence goes on growing over a restart, which forgets the last one.
    lastFence = Math.max(lastFence + 1, epoch)
    const fence = lastFence
    table.set({ _tag: "Held", job, order, fence, worker, sinceMillis: now, lapsesAtMillis: now + leaseMillis })
    return { job, worker, fence }
  }

  const take = (worker: WorkerId) =>
    Effect.map(clocks, (clocks) => {
      const next = table.next(clocks.now)
      return next === undefined ? Option.none() : Option.some(hold(next.job, next.order, worker, clocks))
    })

  /** What a lease holds, or held until it lapsed and nobody else took it. */
  const heldBy = (lease: Lease): HeldJob | undefined => {
    const job = table.get(lease.job.conversationId)
    return job?._tag === "Held" && job.fence === lease.fence ? job : undefined
  }
  const giveBack = ({ fence, job, order }: HeldJob) => table.set({ _tag: "Returned", job, order, fence })

  const release = Effect.fnUntraced(function* (lease: Lease) {
    const known = table.get(lease.job.conversationId)
    if (known?._tag === "Returned" && known.fence === lease.fence) return
    const job = heldBy(lease)
    if (job === undefined) return yield* lost(lease)
    giveBack(job)
  })
  const { claim, ring } = yield* Claims.make({ take, giveBack: release })

  return DispatchQueue.of({
    leaseMillis,
    enqueue: Effect.fn("DispatchQueue.enqueue")(function* (job) {
      const now = yield* nowMillis
      if (table.get(job.conversationId) === undefined) {
        if (table.statistics(now).waiting >= waitingMax) return yield* new QueueFull({ waitingMax })
        table.set({ _tag: "New", job, order: table.nextOrder() })
        ring()
      }
      return table.place(job.conversationId, now)
    }),
    claim,
    adopt: Effect.fn("DispatchQueue.adopt")(function* (job, worker) {
      const time = yield* clocks
      const place = table.place(job.conversationId, time.now)
      if (place._tag === "Held") {
        return yield* new LeaseLost({ conversationId: job.conversationId, fence: place.fence })
      }
      const known = table.get(job.conversationId)
      const order = known === undefined || known._tag === "New" ? table.nextOrder() : known.order
      return hold(known?.job ?? job, order, worker, time)
    }),
    renew: Effect.fn("DispatchQueue.renew")(function* (lease) {
      const now = yield* nowMillis
      const job = heldBy(lease)
      if (job === undefined) return yield* lost(lease)
      table.set({ ...job, lapsesAtMillis: now + leaseMillis })
    }),
    complete: Effect.fn("DispatchQueue.complete")(function* (lease) {
      const now = yield* nowMillis
      const id = lease.job.conversationId
      if (ended.get(id) === lease.fence) return
      const job = heldBy(lease)
      if (job === undefined) return yield* lost(lease)
      table.ended(job, now)
      ended.delete(id)
      ended.set(id, lease.fence)
      const oldest = ended.size > endedMax ? ended.keys().next().value : undefined
      if (oldest !== undefined) ended.delete(oldest)
    }),
    release: Effect.fn("DispatchQueue.release")((lease) => Effect.zipLeft(release(lease), Effect.sync(ring))),
    releaseAll: Effect.fn("DispatchQueue.releaseAll")((worker) =>
      Effect.sync(() => {
        const jobs = table.all().filter((job) => job._tag === "Held" && job.worker === worker)
        for (const job of jobs) if (job._tag === "Held") giveBack(job)
        if (jobs.length > 0) ring()
        return jobs.map(({ job }) => job.conversationId)
      }),
    ),
    withdraw: Effect.fn("DispatchQueue.withdraw")((id) => Effect.sync(() => table.remove(id))),
    place: Effect.fn("DispatchQueue.place")((id) => Effect.map(nowMillis, (now) => table.place(id, now))),
    statistics: Effect.map(nowMillis, table.statistics),
  })
})

/** The queue of one process; nothing of it outlives the layer. */
export const layer = (options: Partial<DispatchOptions> = {}): Layer.Layer<DispatchQueue> =>
  Layer.scoped(DispatchQueue, make({ ...defaults, ...options }))

export const layerConfig = Layer.unwrapEffect(Effect.map(config, layer))
