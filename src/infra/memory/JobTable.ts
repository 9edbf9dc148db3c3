import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { QueueStatistics } from "../../domain/store/DispatchQueue.ts"
import type { DispatchJob, Place, Priority, WorkerId } from "../../domain/store/DispatchJob.ts"

export interface HeldJob {
  readonly _tag: "Held"
  readonly job: DispatchJob
  /** Who came first, over all jobs. */
  readonly order: number
  readonly fence: number
  readonly worker: WorkerId
  readonly sinceMillis: number
  readonly lapsesAtMillis: number
}
export type TableJob =
  | { readonly _tag: "New"; readonly job: DispatchJob; readonly order: number }
  | HeldJob
  /** Goes before all that are new. `fence` is the one that it was given back with. */
  | { readonly _tag: "Returned"; readonly job: DispatchJob; readonly order: number; readonly fence: number }

/** At every so many claims of a new job it is the turn of the one that has waited longest. */
const fairEvery = 5
/** Holding times that the estimate is made of. */
const holdsMax = 50
const ranks: Record<Priority, number> = { high: 0, normal: 1, low: 2 }

const holdsAt = (job: TableJob, nowMillis: number): job is HeldJob =>
  job._tag === "Held" && nowMillis < job.lapsesAtMillis

const byOrder = (one: TableJob, other: TableJob) => one.order - other.order
const byRank = (one: TableJob, other: TableJob) =>
  ranks[one.job.priority] - ranks[other.job.priority] || byOrder(one, other)

/** Takes one after the other that is not served yet. */
const nextOf = (line: ReadonlyArray<TableJob>, served: ReadonlySet<TableJob>) => {
  let index = 0
  return (): TableJob | undefined => {
    for (let job = line[index++]; job !== undefined; job = line[index++]) if (!served.has(job)) return job
    return undefined
  }
}

/** The jobs of a queue, and in which order they are served. */
export class JobTable {
  readonly #jobs = new Map<ConversationId, TableJob>()
  readonly #holdsMillis: Array<number> = []
  #order = 0
  #turns = 0

  get = (id: ConversationId): TableJob | undefined => this.#jobs.get(id)
  set = (job: TableJob): void => void this.#jobs.set(job.job.conversationId, job)
  remove = (id: ConversationId): void => void this.#jobs.delete(id)
  all = (): ReadonlyArray<TableJob> => [...this.#jobs.values()]
  nextOrder = (): number => ++this.#order

  ended = (job: HeldJob, nowMillis: number): void => {
    this.remove(job.job.conversationId)
    if (this.#holdsMillis.push(Math.max(0, nowMillis - job.sinceMillis)) > holdsMax) this.#holdsMillis.shift()
  }

  statistics = (nowMillis: number): QueueStatistics => {
    const held = this.all().filter((job) => holdsAt(job, nowMillis)).length
    return { waiting: this.#jobs.size - held, held }
  }

  /** Given back and lapsed ones, the oldest first, then the new ones in turn; as many of them as are asked for. */
  waiting = (nowMillis: number, countMax = Infinity): ReadonlyArray<TableJob> => {
    const jobs: ReadonlyArray<TableJob> = this.all().filter((job) => !holdsAt(job, nowMillis))
    const served = new Set(jobs.filter(({ _tag }) => _tag !== "New").sort(byOrder))
    const rest = jobs.filter(({ _tag }) => _tag === "New")
    const countAll = Math.min(jobs.length, countMax)
    const ranked = nextOf(rest.toSorted(byRank), served)
    const oldest = nextOf(rest.toSorted(byOrder), served)
    for (let turn = this.#turns + 1; served.size < countAll; turn++) {
      const next = turn % fairEvery === 0 ? oldest() : ranked()
      if (next !== undefined) served.add(next)
    }
    return [...served]
  }

  /** The first of those that wait; it is the caller's to hold. */
  next = (nowMillis: number): TableJob | undefined => {
    const job = this.waiting(nowMillis, 1)[0]
    if (job?._tag === "New") this.#turns++
    return job
  }

  place = (id: ConversationId, nowMillis: number): Place => {
    const job = this.get(id)
    if (job === undefined) return { _tag: "Unknown" }
    if (holdsAt(job, nowMillis)) return { _tag: "Held", worker: job.worker, fence: job.fence }
    const position = this.waiting(nowMillis).indexOf(job) + 1
    return {
      _tag: "Waiting",
      position,
      estimateMillis: this.#estimateMillis(position, this.statistics(nowMillis).held),
    }
  }

  #estimateMillis = (position: number, held: number): number | null => {
    const count = this.#holdsMillis.length
    if (count === 0 || held === 0) return null
    const sum = this.#holdsMillis.reduce((total, millis) => total + millis, 0)
    return Math.round((position * sum) / count / held)
  }
}
