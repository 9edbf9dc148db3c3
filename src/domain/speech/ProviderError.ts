import { Duration, Schema } from "effect"

/** The vendor asks us to slow down (429); `retryAfter` when it said for how long. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  retryAfter: Schema.optional(Schema.DurationFromMillis),
}) {}
/** No answer, a 5xx, a cut connection or a dead engine. */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", { detail: Schema.String }) {}
/** A deadline of ours ran out; `stage` says which (attempt, first event, between events, total). */
export class TimedOut extends Schema.TaggedError<TimedOut>()("TimedOut", {
  stage: Schema.Literal("attempt", "first-event", "inter-event", "total"),
  budgetMillis: Schema.Number,
}) {}
/** The answer ended without its terminal event, so we cannot know that it is whole. */
export class Truncated extends Schema.TaggedError<Truncated>()("Truncated", {}) {}
/** The answer is not what the protocol promises. */
export class Malformed extends Schema.TaggedError<Malformed>()("Malformed", { detail: Schema.String }) {}
/** Our breaker is open: the vendor failed too often just now. */
export class CircuitOpen extends Schema.TaggedError<CircuitOpen>()("CircuitOpen", {
  retryAfter: Schema.DurationFromMillis,
}) {}
/** The vendor understood and refused: wrong key, wrong model, content filter. Another try is the same. */
export class Rejected extends Schema.TaggedError<Rejected>()("Rejected", {
  status: Schema.optional(Schema.Number),
  detail: Schema.String,
}) {}
/** Our own queue before the engine is full. */
export class Overloaded extends Schema.TaggedError<Overloaded>()("Overloaded", { queued: Schema.Number }) {}

const Reason = Schema.Union(RateLimited, Unavailable, TimedOut, Truncated, Malformed, CircuitOpen, Rejected, Overloaded)

const explain = (reason: typeof Reason.Type): string => {
  switch (reason._tag) {
    case "RateLimited":
      return reason.retryAfter === undefined
        ? "rate limited"
        : `rate limited, retry after ${Duration.format(reason.retryAfter)}`
    case "TimedOut":
      return `no answer within ${reason.budgetMillis} ms (${reason.stage})`
    case "Truncated":
      return "the answer was cut off"
    case "CircuitOpen":
      return `failed too often, next try in ${Duration.format(reason.retryAfter)}`
    case "Rejected":
      return `refused${reason.status === undefined ? "" : ` (${reason.status})`}: ${reason.detail}`
    case "Overloaded":
      return `${reason.queued} requests are waiting already`
    case "Unavailable":
    case "Malformed":
      return reason.detail
  }
}

/** The one error that a provider's port fails with; callers branch on `reason._tag`. */
export class ProviderError extends Schema.TaggedError<ProviderError>()("ProviderError", {
  provider: Schema.String,
  operation: Schema.String,
  reason: Reason,
}) {
  override get message(): string {
    return `${this.provider} ${this.operation}: ${explain(this.reason)}`
  }
  /** Worth asking the same vendor again. */
  get isTransient(): boolean {
    return this.reason._tag !== "Rejected" && this.reason._tag !== "CircuitOpen"
  }
  /** Worth asking another vendor. A refused request may be fine elsewhere, too: keys and filters differ. */
  get isFailoverWorthy(): boolean {
    return this.reason._tag !== "Rejected" || this.reason.status !== 400
  }
}
