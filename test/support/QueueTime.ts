import { Context, type Effect } from "effect"

/** The time of a dispatch queue under test: as far as its leases know, so many milliseconds pass. */
export class QueueTime extends Context.Tag("parley/test/support/QueueTime")<
  QueueTime,
  { readonly pass: (millis: number) => Effect.Effect<void> }
>() {}
