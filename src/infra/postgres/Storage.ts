import type { SqlError } from "@effect/sql/SqlError"
import { Effect, type ParseResult, Predicate, Schedule } from "effect"
import { StorageError } from "../../domain/StorageError.ts"

type Failure = SqlError | ParseResult.ParseError

/** Over all attempts; it also ends a wait for a server that is gone without a word. */
const totalTimeout = "15 seconds"
const retries = Schedule.exponential("20 millis").pipe(Schedule.jittered, Schedule.intersect(Schedule.recurs(2)))

const property = (error: Failure, key: "code" | "constraint"): string => {
  const cause = error.cause
  return Predicate.hasProperty(cause, key) && Predicate.isString(cause[key]) ? cause[key] : ""
}

/** SQLSTATE classes: connection lost, deadlock or serialisation, out of resources, shutting down; or an errno of the socket. */
const isTransient = (error: Failure): boolean =>
  error._tag === "SqlError" &&
  (/^(08|40|53|57P|E[A-Z]{3})/.test(property(error, "code")) || /Connection terminated/.test(String(error.cause)))

/** SQLSTATE classes: wrong data, broken constraint, wrong statement. A row that does not decode is one, too. */
const isBug = (error: Failure): boolean => error._tag === "ParseError" || /^(22|23|42)/.test(property(error, "code"))

/**
 * What a repository does with a statement, in one place: transient failures are retried, bugs of ours die, whatever is left
 * is a `StorageError`. Statements must therefore be fit to run twice.
 */
export const storage =
  (operation: string) =>
  <A, R>(self: Effect.Effect<A, Failure, R>): Effect.Effect<A, StorageError, R> =>
    self.pipe(
      Effect.retry({ schedule: retries, while: isTransient }),
      Effect.catchIf(isBug, Effect.die),
      Effect.mapError((cause) => new StorageError({ operation, cause })),
      Effect.timeoutFail({
        duration: totalTimeout,
        onTimeout: () => new StorageError({ operation, cause: new Error(`no answer within ${totalTimeout}`) }),
      }),
    )

const foreignKeyViolation = "23503"

/** Whether an insert found the row that it refers to through the constraint. */
export const refersTo =
  (constraint: string) =>
  <A, R>(self: Effect.Effect<A, Failure, R>): Effect.Effect<boolean, Failure, R> =>
    self.pipe(
      Effect.as(true),
      Effect.catchIf(
        (error) => property(error, "code") === foreignKeyViolation && property(error, "constraint") === constraint,
        () => Effect.succeed(false),
      ),
    )
