import fc from "fast-check"
import type { Priority } from "../../src/domain/store/DispatchJob.ts"

/** Conversations, workers and leases by number; leases in the order in which they were given. */
export type Command =
  | { readonly kind: "enqueue"; readonly id: number; readonly priority: Priority }
  | { readonly kind: "adopt"; readonly id: number; readonly worker: number }
  | { readonly kind: "claim" | "releaseAll"; readonly worker: number }
  | { readonly kind: "renew" | "complete" | "release"; readonly lease: number }
  | { readonly kind: "withdraw"; readonly id: number }
  | { readonly kind: "lapse" }

export const idsMax = 6
export const waitingMax = 4
const id = fc.nat(idsMax - 1)
const worker = fc.nat(1)
const priority = fc.constantFrom<Priority>("high", "normal", "low")
/** Rather a new lease than an old one. */
const lease = fc.oneof(fc.nat(2), fc.nat(2), fc.nat(12))

export const commands: fc.Arbitrary<ReadonlyArray<Command>> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("enqueue" as const), id, priority }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("claim" as const), worker }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("adopt" as const), id, worker }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("releaseAll" as const), worker }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constantFrom("renew" as const, "complete" as const, "release" as const), lease }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("withdraw" as const), id }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("lapse" as const) }) },
  ),
  { minLength: 1, maxLength: 60, size: "max" },
)

interface ModelJob {
  readonly priority: Priority
  order: number
  state: "new" | "held" | "lapsed" | "returned"
  worker: number
  /** The last one that was given for it. */
  lease: number
}

const ranks: Record<Priority, number> = { high: 0, normal: 1, low: 2 }

/** What a queue should do, as simply as it can be told. */
export class DispatchModel {
  readonly jobs = new Map<number, ModelJob>()
  /** The last lease that each was completed with. */
  readonly #completed = new Map<number, number>()
  #order = 0
  #turns = 0
  leases = 0

  #of = (lease: number) => [...this.jobs].find(([, job]) => job.lease === lease)
  #give = (job: ModelJob, worker: number) => Object.assign(job, { state: "held", worker, lease: this.leases++ })

  get waiting(): ReadonlyArray<number> {
    const among = (states: ReadonlyArray<string>) => [...this.jobs].filter(([, { state }]) => states.includes(state))
    const front = among(["lapsed", "returned"]).sort(([, one], [, other]) => one.order - other.order)
    let rest = among(["new"])
    for (let turn = this.#turns + 1; rest.length > 0; turn++) {
      const rank = ({ priority }: ModelJob) => (turn % 5 === 0 ? 0 : ranks[priority])
      const [next] = rest.toSorted(([, one], [, other]) => rank(one) - rank(other) || one.order - other.order)
      if (next === undefined) break
      front.push(next)
      rest = rest.filter((one) => one !== next)
    }
    return front.map(([id]) => id)
  }

  enqueue(id: number, priority: Priority): "full" | "done" {
    if (this.jobs.has(id)) return "done"
    if (this.waiting.length >= waitingMax) return "full"
    this.jobs.set(id, { priority, order: this.#order++, state: "new", worker: -1, lease: -1 })
    return "done"
  }
  claim(worker: number): number | undefined {
    const [id] = this.waiting
    const job = id === undefined ? undefined : this.jobs.get(id)
    if (job === undefined) return undefined
    if (job.state === "new") this.#turns++
    this.#give(job, worker)
    return id
  }
  adopt(id: number, worker: number): "lost" | "done" {
    const known = this.jobs.get(id)
    if (known?.state === "held") return "lost"
    const job = known ?? { priority: "normal", order: 0, state: "new", worker: -1, lease: -1 }
    if (job.state === "new") job.order = this.#order++
    this.jobs.set(id, job)
    this.#give(job, worker)
    return "done"
  }
  onLease(kind: "renew" | "complete" | "release", lease: number): "lost" | "done" {
    if (kind === "complete" && [...this.#completed.values()].includes(lease)) return "done"
    const [id, job] = this.#of(lease) ?? []
    if (id === undefined || job === undefined) return "lost"
    if (job.state === "returned") return kind === "release" ? "done" : "lost"
    if (kind === "renew") job.state = "held"
    if (kind === "release") job.state = "returned"
    if (kind === "complete") {
      this.jobs.delete(id)
      this.#completed.set(id, lease)
    }
    return "done"
  }
  releaseAll(worker: number): ReadonlyArray<number> {
    const given = [...this.jobs].filter(
      ([, job]) => job.worker === worker && (job.state === "held" || job.state === "lapsed"),
    )
    for (const [, job] of given) job.state = "returned"
    return given.map(([id]) => id)
  }
  withdraw(id: number): void {
    this.jobs.delete(id)
  }
  lapse(): void {
    for (const job of this.jobs.values()) if (job.state === "held") job.state = "lapsed"
  }
}
