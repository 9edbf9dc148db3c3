import { Context, type Effect, type Scope } from "effect"

/**
 * The one admission of a worker, behind both of its doors: at most `total` conversations, exactly. A slot is held until the
 * scope it was taken in closes.
 */
export class Slots extends Context.Tag("parley/agent/worker/Slots")<
  Slots,
  {
    readonly total: number
    readonly used: () => number
    /** Waits for a free slot, for ever once the slots are closed. Who waits longest comes first. */
    readonly take: Effect.Effect<void, never, Scope.Scope>
    /** False: there is none now, or they are closed. */
    readonly tryTake: Effect.Effect<boolean, never, Scope.Scope>
    /** No more are given; those that are held stay. */
    readonly close: Effect.Effect<void>
    readonly isClosed: () => boolean
    /** Returns as soon as `used` or `isClosed` differ from what they were when it began to wait. */
    readonly changed: Effect.Effect<void>
    /** Returns once none is held. */
    readonly empty: Effect.Effect<void>
  }
>() {}
