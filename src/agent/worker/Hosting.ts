import { Deferred, Effect } from "effect"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import type { Lease } from "../../domain/store/DispatchJob.ts"

/** One lease that is being hosted, and what was told to it from outside. */
export interface Hosting {
  readonly lease: Lease
  /** How often this worker has claimed the conversation, this time included. */
  readonly claims: number
  /** The first reason counts. A goodbye that was begun is cut short by any other. */
  readonly end: (reason: LeaveReason) => Effect.Effect<void>
  /** Another worker holds the conversation. */
  readonly lose: Effect.Effect<void>
  /** What the engine waits for. */
  readonly ending: Effect.Effect<LeaveReason>
  /** Returns when the engine must not even finish its goodbye. */
  readonly cut: Effect.Effect<void>
  readonly isLost: () => boolean
  /** The engine has it: its end is the engine's to store. */
  readonly begin: Effect.Effect<void>
  readonly hasBegun: () => boolean
}

export const make = (lease: Lease, claims: number): Effect.Effect<Hosting> =>
  Effect.gen(function* () {
    const ending = yield* Deferred.make<LeaveReason>()
    const cut = yield* Deferred.make<void>()
    let isLost = false
    let hasBegun = false

    const end = (reason: LeaveReason) =>
      Effect.gen(function* () {
        if (yield* Deferred.succeed(ending, reason)) return
        if (reason !== "drain" && (yield* Deferred.await(ending)) === "drain") yield* Deferred.succeed(cut, undefined)
      })
    return {
      lease,
      claims,
      end,
      lose: Effect.suspend(() => {
        isLost = true
        return end("handover")
      }),
      ending: Deferred.await(ending),
      cut: Deferred.await(cut),
      isLost: () => isLost,
      begin: Effect.sync(() => {
        hasBegun = true
      }),
      hasBegun: () => hasBegun,
    }
  })
