import { Context, type Effect } from "effect"
import type { Lease } from "../../domain/store/DispatchJob.ts"

/** How hosting came to its end: `over` for good, `given-back` for another worker (or this one) to go on with. */
export type Hosted = "over" | "given-back"

/** Holds conversations in rooms of the media server, each under its lease. The slot is the caller's. */
export class ConversationHost extends Context.Tag("parley/agent/worker/ConversationHost")<
  ConversationHost,
  {
    /**
     * Joins the room, goes on where an earlier worker was, and returns once the lease was completed or given back. Being
     * interrupted, it ends the conversation without a goodbye.
     */
    readonly host: (lease: Lease) => Effect.Effect<Hosted>
    /** Lets every conversation say goodbye and end, without waiting for it; those that have not begun are given back. */
    readonly sayGoodbye: Effect.Effect<void>
    /** The rooms on the media server of all that are hosted now, from the taking of the lease to its end. */
    readonly rooms: () => ReadonlyArray<string>
    /** How many conversations have ended or were given back here since the process began. */
    readonly served: () => number
  }
>() {}
