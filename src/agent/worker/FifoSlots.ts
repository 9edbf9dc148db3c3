import { Effect, Layer } from "effect"
import * as Signal from "../transport/Signal.ts"
import { Slots } from "./Slots.ts"

export interface SlotsOptions {
  /** Conversations that this process may hold at once. */
  readonly total: number
}

/** Someone in the queue. `given`: the slot is theirs already, though their fiber has not gone on yet. */
interface Waiter {
  given: boolean
  readonly wake: () => void
}

export const make = ({ total }: SlotsOptions): typeof Slots.Service => {
  const waiting = new Set<Waiter>()
  const signal = Signal.make()
  let used = 0
  let closed = false

  const hand = () => {
    for (const waiter of waiting) {
      if (closed || used >= total) return
      waiting.delete(waiter)
      used += 1
      waiter.given = true
      waiter.wake()
    }
  }
  const giveBack = Effect.sync(() => {
    used -= 1
    hand()
    signal.notify()
  })
  const tryNow = (): boolean => {
    // Whoever waits is served as soon as a slot is free, so that none is both free and waited for.
    if (closed || used >= total) return false
    used += 1
    signal.notify()
    return true
  }

  const wait = Effect.suspend(() => {
    let waiter: Waiter | undefined
    return Effect.async<void>((resume) => {
      if (tryNow()) {
        waiter = { given: true, wake: () => {} }
        return resume(Effect.void)
      }
      waiter = { given: false, wake: () => resume(Effect.void) }
      waiting.add(waiter)
    }).pipe(
      // Interrupted between being given the slot and going on with it, too.
      Effect.onInterrupt(() =>
        Effect.suspend(() => {
          if (waiter === undefined) return Effect.void
          return waiter.given ? giveBack : Effect.sync(() => waiter !== undefined && waiting.delete(waiter))
        }),
      ),
    )
  })

  return {
    total,
    used: () => used,
    take: Effect.uninterruptibleMask((restore) =>
      Effect.zipRight(
        restore(wait),
        Effect.addFinalizer(() => giveBack),
      ),
    ),
    tryTake: Effect.uninterruptible(
      Effect.suspend(() =>
        tryNow()
          ? Effect.as(
              Effect.addFinalizer(() => giveBack),
              true,
            )
          : Effect.succeed(false),
      ),
    ),
    close: Effect.sync(() => {
      closed = true
      signal.notify()
    }),
    isClosed: () => closed,
    changed: Effect.suspend(() => {
      const before = { used, closed }
      return signal.until(() => used !== before.used || closed !== before.closed)
    }),
    empty: signal.until(() => used === 0),
  }
}

/** First come, first served; exact, since a slot that becomes free passes to who waits before anyone else can see it. */
export const layer = (options: SlotsOptions): Layer.Layer<Slots> => Layer.sync(Slots, () => make(options))
