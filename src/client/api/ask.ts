import { Data, Effect, Predicate } from "effect"
import { ParleyClient } from "./ParleyClient.ts"

/** What a page can do about a failed request: look elsewhere, or try again. */
export class ApiFailure extends Data.TaggedError("ApiFailure")<{ readonly reason: "not-found" | "unreachable" }> {}

/** A page does not wait longer for an answer. */
const answerWithinMillis = 10_000

/** One request of a page, with a deadline. */
export const ask = <A, E>(
  request: (client: ParleyClient["Type"]) => Effect.Effect<A, E>,
): Effect.Effect<A, ApiFailure, ParleyClient> =>
  ParleyClient.pipe(
    Effect.flatMap(request),
    Effect.timeout(answerWithinMillis),
    Effect.mapError(
      (error) => new ApiFailure({ reason: Predicate.isTagged(error, "NotFound") ? "not-found" : "unreachable" }),
    ),
  )
