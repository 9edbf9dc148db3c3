import { Duration, Schedule } from "effect"
import type { ProviderError } from "../domain/speech/ProviderError.ts"
import type { CircuitBreakerPolicy } from "../infra/resilience/CircuitBreaker.ts"

export interface RetryPolicy {
  /** Tries after the first one. */
  readonly retriesMax: number
  /** Doubles from try to try, and is jittered to 80-120 %. */
  readonly baseDelay: Duration.Duration
  /** A vendor that asks for a longer pause than this is not asked again: another one is there sooner. */
  readonly retryAfterMax: Duration.Duration
}

/** Everything that bounds one vendor call, as data: printable, testable, and never inlined in an adapter. */
export interface ProviderPolicy {
  /** One try of a call that has a single answer. */
  readonly attemptTimeout: Duration.Duration
  /** From asking to the first event of a stream, in each try. */
  readonly firstEventTimeout: Duration.Duration
  /** From event to event. */
  readonly interEventTimeout: Duration.Duration
  /** All our waiting in one call, retries and pauses included; the time that a reader takes does not count. */
  readonly totalTimeout: Duration.Duration
  readonly retry: RetryPolicy
  readonly breaker: CircuitBreakerPolicy
}

const breaker: CircuitBreakerPolicy = { consecutiveFailuresMax: 5, openDuration: Duration.seconds(15) }
const retryOnce: RetryPolicy = {
  retriesMax: 1,
  baseDelay: Duration.millis(150),
  retryAfterMax: Duration.seconds(1),
}

/** A model of a vendor, while a person waits for the answer. */
export const interactiveLanguageModel: ProviderPolicy = {
  attemptTimeout: Duration.seconds(8),
  firstEventTimeout: Duration.seconds(4),
  interEventTimeout: Duration.seconds(4),
  totalTimeout: Duration.seconds(60),
  retry: retryOnce,
  breaker,
}

/** A model on this machine: its first answer may have to read gigabytes from a disk before. */
export const localLanguageModel: ProviderPolicy = {
  attemptTimeout: Duration.seconds(60),
  firstEventTimeout: Duration.seconds(30),
  interEventTimeout: Duration.seconds(10),
  totalTimeout: Duration.seconds(120),
  retry: { ...retryOnce, retriesMax: 0 },
  breaker,
}

/** Deadlines count from the end of the segment's audio. */
export const interactiveSpeechToText: ProviderPolicy = {
  attemptTimeout: Duration.seconds(4),
  firstEventTimeout: Duration.seconds(3),
  interEventTimeout: Duration.seconds(3),
  totalTimeout: Duration.seconds(8),
  retry: retryOnce,
  breaker,
}

/** A sentence or so of speech. */
export const interactiveTextToSpeech: ProviderPolicy = {
  attemptTimeout: Duration.seconds(4),
  firstEventTimeout: Duration.seconds(2),
  interEventTimeout: Duration.seconds(2),
  totalTimeout: Duration.seconds(20),
  retry: retryOnce,
  breaker,
}

const retryAfterOf = (error: ProviderError): Duration.Duration =>
  error.reason._tag === "RateLimited" ? (error.reason.retryAfter ?? Duration.zero) : Duration.zero

/** Exponential and jittered, never sooner than the vendor asked for; ends at errors for which another try is no use. */
export const retrySchedule = (retry: RetryPolicy): Schedule.Schedule<ProviderError, ProviderError> =>
  Schedule.exponential(retry.baseDelay).pipe(
    Schedule.jittered,
    Schedule.intersect(Schedule.recurs(retry.retriesMax)),
    Schedule.zipRight(Schedule.identity<ProviderError>()),
    Schedule.modifyDelay((error, delay) => Duration.max(delay, retryAfterOf(error))),
    Schedule.whileInput(
      (error: ProviderError) =>
        error.isTransient && Duration.lessThanOrEqualTo(retryAfterOf(error), retry.retryAfterMax),
    ),
  )
