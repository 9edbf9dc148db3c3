import { assert, layer as suite } from "@effect/vitest"
import { Config, Effect, Either, Option, Runtime } from "effect"
import fc from "fast-check"
import type { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import type { Lease, Place } from "../../src/domain/store/DispatchJob.ts"
import {
  DispatchQueue,
  type LeaseLost,
  type QueueFull,
  type QueueUnavailable,
} from "../../src/domain/store/DispatchQueue.ts"
import { type Command, commands, DispatchModel, idsMax, waitingMax } from "../support/DispatchModel.ts"
import { ada, bob, job } from "../support/DispatchJobs.ts"
import { QueueTime } from "../support/QueueTime.ts"
import { leaseMillis, type QueueContract } from "./DispatchQueue.ts"

const { runs, seed } = Effect.runSync(
  Config.all({
    runs: Config.integer("PARLEY_PROPERTY_RUNS").pipe(Config.withDefault(60)),
    /** Of a run that failed; it is printed then. */
    seed: Config.option(Config.integer("PARLEY_PROPERTY_SEED")),
  }),
)
const timeoutMillis = 120_000

const workers = [ada, bob]
const workerOf = (number: number) => workers[number] ?? ada

const told = (refusal: QueueFull | LeaseLost | QueueUnavailable) =>
  refusal._tag === "QueueFull" ? "full" : refusal._tag === "LeaseLost" ? "lost" : refusal.message

/** Both do the same, and must answer the same. */
const makePlayer = Effect.gen(function* () {
  const queue = yield* DispatchQueue
  const { pass } = yield* QueueTime
  const model = new DispatchModel()
  const ids: ReadonlyArray<ConversationId> = Array.from({ length: idsMax }, () => job().conversationId)
  const idOf = (number: number) => ids[number] ?? job().conversationId
  const leases: Array<Lease> = []
  const highest = new Map<ConversationId, number>()

  const keep = (lease: Lease) => {
    const { conversationId } = lease.job
    assert.isAbove(lease.fence, highest.get(conversationId) ?? 0)
    highest.set(conversationId, lease.fence)
    leases.push(lease)
  }
  const outcome = <A>(act: Effect.Effect<A, QueueFull | LeaseLost | QueueUnavailable>) =>
    Effect.map(Effect.either(act), Either.match({ onLeft: told, onRight: () => "done" }))

  const play = Effect.fnUntraced(function* (command: Command) {
    switch (command.kind) {
      case "enqueue": {
        const act = queue.enqueue(job(command.priority, idOf(command.id)))
        return assert.strictEqual(yield* outcome(act), model.enqueue(command.id, command.priority))
      }
      case "claim": {
        const id = model.claim(command.worker)
        if (id === undefined) return
        const lease = yield* queue.claim(workerOf(command.worker))
        keep(lease)
        return assert.strictEqual(lease.job.conversationId, idOf(id))
      }
      case "adopt": {
        const act = Effect.tap(queue.adopt(job("normal", idOf(command.id)), workerOf(command.worker)), keep)
        return assert.strictEqual(yield* outcome(act), model.adopt(command.id, command.worker))
      }
      case "renew":
      case "complete":
      case "release": {
        const number = leases.length - 1 - command.lease
        const lease = leases[number]
        if (lease === undefined) return
        return assert.strictEqual(yield* outcome(queue[command.kind](lease)), model.onLease(command.kind, number))
      }
      case "releaseAll": {
        const given = yield* queue.releaseAll(workerOf(command.worker))
        return assert.deepStrictEqual(new Set(given), new Set(model.releaseAll(command.worker).map(idOf)))
      }
      case "withdraw":
        model.withdraw(command.id)
        return yield* queue.withdraw(idOf(command.id))
      case "lapse":
        model.lapse()
        return yield* pass(leaseMillis)
    }
  })

  const expectedPlace = (number: number): Partial<Place> => {
    const known = model.jobs.get(number)
    if (known === undefined) return { _tag: "Unknown" }
    if (known.state === "held") {
      return { _tag: "Held", worker: workerOf(known.worker), fence: leases[known.lease]?.fence ?? 0 }
    }
    return { _tag: "Waiting", position: model.waiting.indexOf(number) + 1 }
  }
  const compare = Effect.gen(function* () {
    const waiting = model.waiting.length
    assert.deepStrictEqual(yield* queue.statistics, { waiting, held: model.jobs.size - waiting })
    const places = yield* Effect.forEach(ids, queue.place, { concurrency: "unbounded" })
    for (const [number, place] of places.entries()) assert.include(place, expectedPlace(number))
  })
  return { play, compare }
})

/** Whatever is done in whatever order, a queue does what a simple model of it does. */
export const dispatchQueueModel = <R>({ fresh, name, server }: QueueContract<R>) =>
  suite(server, { excludeTestServices: true })(`DispatchQueue as its model: ${name}`, (it) => {
    it.effect(
      "does what the model does, in any order",
      () =>
        Effect.gen(function* () {
          const run = Runtime.runPromise(yield* Effect.runtime<R>())
          const holds = fc.asyncProperty(commands, (plan) =>
            makePlayer.pipe(
              Effect.flatMap(({ compare, play }) =>
                Effect.forEach(plan, (command) => Effect.zipRight(play(command), compare), { discard: true }),
              ),
              Effect.provide(fresh({ leaseMillis, waitingMax })),
              run,
            ),
          )
          const options = Option.match(seed, { onNone: () => ({}), onSome: (seed) => ({ seed }) })
          yield* Effect.promise(() => fc.assert(holds, { numRuns: runs, ...options }))
        }),
      timeoutMillis,
    )
  })
