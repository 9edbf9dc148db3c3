import { Cause, Effect, Option } from "effect"
import { ProviderError, Unavailable } from "../../domain/speech/ProviderError.ts"

/**
 * A bug in an adapter is a failure of its provider, and not the end of the talk: whatever else than an interruption ends the work
 * becomes the provider's own error.
 */
export const contained =
  (provider: string, operation: string) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | ProviderError, R> =>
    Effect.catchAllCause(work, (cause): Effect.Effect<never, E | ProviderError> => {
      if (Cause.isInterruptedOnly(cause) || Option.isSome(Cause.failureOption(cause))) return Effect.failCause(cause)
      const detail = `broke: ${Cause.pretty(cause).split("\n")[0] ?? ""}`
      return Effect.zipRight(
        Effect.logError(`${provider} ${operation} broke`, cause),
        Effect.fail(new ProviderError({ provider, operation, reason: new Unavailable({ detail }) })),
      )
    })
