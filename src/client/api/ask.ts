import { Data, Effect, Predicate } from "effect"
import { ParleyClient } from "./ParleyClient.ts"

/** What a page can do about a failed request: look elsewhere, sign in, or try again. */
export class ApiFailure extends Data.TaggedError("ApiFailure")<{
  readonly reason: "not-found" | "full" | "signed-out" | "unreachable"
}> {}

/** A page does not wait longer for an answer. */
const answerWithinMillis = 10_000

const reasonOf = (error: unknown): ApiFailure["reason"] => {
  if (Predicate.isTagged(error, "NotFound")) return "not-found"
  if (Predicate.isTagged(error, "Full")) return "full"
  return Predicate.isTagged(error, "Unauthorized") ? "signed-out" : "unreachable"
}

/** One request of a page, with a deadline. */
export const ask = <A, E>(
  request: (client: ParleyClient["Type"]) => Effect.Effect<A, E>,
): Effect.Effect<A, ApiFailure, ParleyClient> =>
  ParleyClient.pipe(
    Effect.flatMap(request),
    Effect.timeout(answerWithinMillis),
    Effect.mapError((error) => new ApiFailure({ reason: reasonOf(error) })),
  )
