import { Data } from "effect"

/**
 * Why a conversation was not begun. `over`: it has ended or is not there. `unprepared`: the store stayed away, or the room could
 * not be joined. `stopped`: the lease was lost or the worker is leaving.
 */
export class NotHosted extends Data.TaggedError("NotHosted")<{
  readonly reason: "over" | "store-away" | "not-joined" | "stopped"
  readonly message: string
}> {}
