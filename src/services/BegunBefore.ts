import { Cache, Duration, Effect, Either, Equal, Exit, Hash } from "effect"
import type { User } from "../domain/user/User.ts"

/** For so long the same key means the same thing. */
const keptFor = Duration.minutes(10)
/** Of all people together; the keys that were used longest ago are forgotten first. */
const keysMax = 10_000

/** Whose key, and all that is needed to begin: keys are equal when person and key are. */
class Asked implements Equal.Equal {
  readonly user: User
  readonly key: string
  readonly record: boolean
  constructor(user: User, key: string, record: boolean) {
    this.user = user
    this.key = key
    this.record = record
  }
  [Equal.symbol](that: Equal.Equal): boolean {
    return that instanceof Asked && that.user.id === this.user.id && that.key === this.key
  }
  [Hash.symbol](): number {
    return Hash.string(`${this.user.id} ${this.key}`)
  }
}

/**
 * Remembers what was begun under a person's key. While one beginning is under way, others under its key wait for it; one
 * that failed is not remembered.
 */
export const make = <A, E>(begin: (user: User, record: boolean) => Effect.Effect<A, E>) =>
  Effect.map(
    Cache.makeWith({
      capacity: keysMax,
      lookup: ({ record, user }: Asked) => Effect.map(begin(user, record), (begun) => ({ begun, record })),
      timeToLive: Exit.match({ onFailure: () => Duration.zero, onSuccess: () => keptFor }),
    }),
    (cache) => ({
      get: (user: User, key: string, record: boolean) => {
        const asked = new Asked(user, key, record)
        return cache.getEither(asked).pipe(
          Effect.tapErrorCause(() => cache.invalidate(asked)),
          // Whoever goes away in the middle does not take those along who wait for the same.
          Effect.uninterruptible,
          Effect.map((found) => ({ ...Either.merge(found), isNew: Either.isRight(found) })),
        )
      },
      forget: (user: User, key: string) => cache.invalidate(new Asked(user, key, false)),
    }),
  )
