import { Deferred, Effect } from "effect"
import type { ConversationHost, Hosted } from "../../../../src/agent/worker/ConversationHost.ts"
import type { Lease } from "../../../../src/domain/store/DispatchJob.ts"
import type { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"

interface Held {
  readonly lease: Lease
  readonly over: Deferred.Deferred<Hosted>
}

/** Holds conversations without joining any room, until the test ends them. */
export const make = (queue: typeof DispatchQueue.Service) => {
  const held = new Map<string, Held>()
  const interrupted: Array<string> = []
  let heldMax = 0
  let served = 0

  const host = (lease: Lease) =>
    Effect.gen(function* () {
      const over = yield* Deferred.make<Hosted>()
      held.set(lease.job.room, { lease, over })
      heldMax = Math.max(heldMax, held.size)
      return yield* Deferred.await(over).pipe(
        Effect.onInterrupt(() => Effect.sync(() => interrupted.push(lease.job.room))),
        Effect.ensuring(
          Effect.suspend(() => {
            held.delete(lease.job.room)
            served += 1
            return Effect.ignore(queue.complete(lease))
          }),
        ),
      )
    })

  const service: typeof ConversationHost.Service = {
    host,
    sayGoodbye: Effect.void,
    rooms: () => Array.from(held.keys()),
    served: () => served,
  }
  return {
    service,
    leases: () => Array.from(held.values(), ({ lease }) => lease),
    heldMax: () => heldMax,
    interrupted: (): ReadonlyArray<string> => interrupted,
    end: (room: string) => {
      const found = held.get(room)
      return found === undefined ? Effect.dieMessage(`${room} is not held`) : Deferred.succeed(found.over, "over")
    },
  }
}
export type ScriptedHost = ReturnType<typeof make>
