import { Context, type Duration, type Effect } from "effect"

/** How the conversations ended that were held when a drain began. */
export interface DrainReport {
  /** By themselves, within the drain's bound. */
  readonly finished: number
  /** With a goodbye. */
  readonly saidGoodbye: number
  /** Without one. */
  readonly interrupted: number
  /** Not at all, within the last bound: they end with the process, and their leases lapse. */
  readonly left: number
}

export interface WorkerStatus {
  readonly used: number
  readonly total: number
  readonly rooms: ReadonlyArray<string>
  readonly conversationsServed: number
  /** No more conversations are taken. */
  readonly isDraining: boolean
}

/** Takes conversations by its doors and holds them, until it is drained. */
export class Worker extends Context.Tag("parley/agent/worker/Worker")<
  Worker,
  {
    /** Returns once it was drained. Interrupting it ends every conversation without a goodbye. */
    readonly run: Effect.Effect<void>
    /**
     * Takes nothing more, from now on. What lives has `within` to come to its end (the worker's own bound by default), then says goodbye;
     * what is left after that is interrupted. Asked again, it waits for the drain that is under way.
     */
    readonly drain: (within?: Duration.DurationInput) => Effect.Effect<DrainReport>
    /** The drain that is under way, or begins by this, waits for nothing more. Returns at once. */
    readonly force: Effect.Effect<void>
    readonly status: Effect.Effect<WorkerStatus>
  }
>() {}
