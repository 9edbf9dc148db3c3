import { Duration, Effect, Predicate } from "effect"
import { MediaServerError } from "../../domain/media/MediaServer.ts"

/** One call, in all. The server itself gives up on its other nodes after 3 s. */
export const callTimeout = Duration.seconds(5)

/** Not now: overloaded, starting, or a proxy before it that does not reach it. */
const transientStatuses = new Set([408, 429, 502, 503, 504])
const detailCharsMax = 300

/** The server repeats a token that it does not like, whole. */
const withoutTokens = (text: string) => text.replaceAll(/\bey[\w-]+\.[\w-]+\.[\w-]*/g, "(a token)")

const statusOf = (error: unknown) => (Predicate.hasProperty(error, "status") ? Number(error.status) : 0)

/** Said by LiveKit, not by a proxy or another server that happens to listen there. */
const isNotFound = (error: unknown): boolean =>
  statusOf(error) === 404 && Predicate.hasProperty(error, "code") && error.code === "not_found"

const reasonOf = (error: unknown): MediaServerError["reason"] => {
  const status = statusOf(error)
  if (transientStatuses.has(status)) return "unreachable"
  if (status >= 400 && status < 500) return "refused"
  if (status !== 0) return "failed"
  // No answer at all. An answer that is not LiveKit's is no reason to ask again.
  return error instanceof SyntaxError ? "failed" : "unreachable"
}

interface Refusal {
  readonly isNotFound: boolean
  readonly error: MediaServerError
}

const refusalOf = (operation: string, error: unknown): Refusal => {
  const detail = withoutTokens(error instanceof Error ? error.message : String(error)).slice(0, detailCharsMax)
  return {
    isNotFound: isNotFound(error),
    error: new MediaServerError({ operation, reason: reasonOf(error), detail }),
  }
}

export interface CallOptions<A> {
  /** The answer when what it is about is not there; without it that is an error. */
  readonly absent?: () => A
  /** In place of `callTimeout`. */
  readonly timeout?: Duration.Duration
}

/** A call of the SDK within its deadline. */
export const call = <A>(
  operation: string,
  run: () => Promise<A>,
  { absent, timeout = callTimeout }: CallOptions<A> = {},
): Effect.Effect<A, MediaServerError> => {
  const onTimeout = () =>
    new MediaServerError({ operation, reason: "unreachable", detail: `no answer in ${Duration.format(timeout)}` })
  return Effect.tryPromise({ try: run, catch: (error) => refusalOf(operation, error) }).pipe(
    Effect.catchAll(({ error, isNotFound }) =>
      absent !== undefined && isNotFound ? Effect.sync(absent) : Effect.fail(error),
    ),
    Effect.timeoutFail({ duration: timeout, onTimeout }),
    Effect.withSpan(`MediaServer.${operation}`),
  )
}
