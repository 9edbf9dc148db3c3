import { Context, Data, type Duration, type Effect } from "effect"
import type { WorkerId } from "../../../domain/store/DispatchJob.ts"
import type { ProcessReport } from "./ProcessProtocol.ts"

/** No process came so far as to report, however often it was tried: the reason is in what they wrote. */
export class ProcessesNotStarted extends Data.TaggedError("ProcessesNotStarted")<{
  readonly starts: number
  readonly how: string
}> {
  override get message(): string {
    return `no process of conversations comes up: ${this.starts} starts, the last one ended with ${this.how}`
  }
}

export interface ProcessesDrained {
  /** Ended by themselves. */
  readonly ended: number
  /** Were killed when their time was over. */
  readonly killed: number
}

export interface ProcessStatus {
  readonly worker: WorkerId
  readonly pid: number
  /** Undefined until it has reported. */
  readonly report: ProcessReport | undefined
}

/** Processes that hold conversations, kept alive. Used as a `Worker` is. */
export class Processes extends Context.Tag("parley/agent/worker/processes/Processes")<
  Processes,
  {
    /** Returns once they were drained. Interrupting it only ends the waiting: they are forced to end when the scope closes. */
    readonly run: Effect.Effect<void, ProcessesNotStarted>
    /** All of them drain, within this or each within its own bound; none is started any more. */
    readonly drain: (within?: Duration.DurationInput) => Effect.Effect<ProcessesDrained>
    /** The drain that is under way, or begins by this, waits for no conversation any more. Returns at once. */
    readonly force: Effect.Effect<void>
    readonly status: Effect.Effect<ReadonlyArray<ProcessStatus>>
  }
>() {}
