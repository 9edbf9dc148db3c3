import type { Effect } from "effect"

/**
 * A way in which conversations come to this worker. It takes a slot for each, and returns once the slots are closed and everything
 * that came by it is over. Interrupting it ends what it holds without a goodbye and returns when that is done.
 */
export interface Door {
  readonly name: string
  readonly run: Effect.Effect<void>
}
