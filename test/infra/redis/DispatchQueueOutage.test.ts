import { assert, layer as suite } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Logger, Ref, Schedule } from "effect"
import type { Lease } from "../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../src/domain/store/DispatchQueue.ts"
import { ada, bob, isDone, job } from "../../support/DispatchJobs.ts"
import { anyMoment, empty, queue, Server, serverLayer } from "../../support/RedisQueue.ts"
import { describeRedis } from "../../support/RedisServer.ts"

const callMillisMax = 300
const timeoutMillis = 60_000
const again = Schedule.spaced("20 millis")
/** As a worker does it that has to: until it is done, or it is told that it must not. */
const persistently = <A, E extends { readonly _tag: string }>(act: Effect.Effect<A, E>) =>
  Effect.retry(act, { schedule: again, while: (error) => error._tag === "QueueUnavailable" })

/** Without a word of what the test does to it. */
const makeQueue = (leaseMillis: number) =>
  Layer.build(queue({ leaseMillis }, false, callMillisMax)).pipe(
    Effect.map(Context.get(DispatchQueue)),
    Effect.provide(Logger.remove(Logger.defaultLogger)),
  )

describeRedis("a queue whose Redis goes away", () =>
  suite(serverLayer(), { excludeTestServices: true })("in Redis", (it) => {
    it.scoped(
      "fails every call while it is away, and works again by itself",
      () =>
        Effect.gen(function* () {
          yield* empty
          const server = yield* Server
          const queue = yield* makeQueue(60_000)
          const one = job()
          yield* queue.enqueue(one)
          const lease = yield* queue.claim(ada)
          const waiting = yield* Effect.fork(Effect.flip(queue.claim(bob)))
          yield* server.kill
          assert.include(yield* Fiber.join(waiting), { _tag: "QueueUnavailable", operation: "claim" })
          const calls: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
            queue.enqueue(job()),
            queue.claim(bob),
            queue.adopt(job(), bob),
            queue.renew(lease),
            queue.complete(lease),
            queue.release(lease),
            queue.releaseAll(ada),
            queue.withdraw(one.conversationId),
            queue.place(one.conversationId),
            queue.statistics,
          ]
          const errors = yield* Effect.forEach(calls, (call) => Effect.flip(call))
          assert.deepStrictEqual([...new Set(errors.map(({ _tag }) => _tag))], ["QueueUnavailable"])
          yield* server.start
          yield* persistently(queue.renew(lease))
          assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 1 })
          // The bell, too, is heard again.
          const claim = yield* Effect.fork(persistently(queue.claim(bob)))
          yield* queue.enqueue(job())
          yield* Fiber.join(claim)
        }),
      timeoutMillis,
    )

    it.scoped(
      "goes on although it was not there at first",
      () =>
        Effect.gen(function* () {
          yield* empty
          const server = yield* Server
          yield* server.kill
          const queue = yield* makeQueue(60_000)
          assert.include(yield* Effect.flip(queue.statistics), { _tag: "QueueUnavailable" })
          yield* server.start
          yield* persistently(queue.enqueue(job()))
          yield* queue.claim(ada)
        }),
      timeoutMillis,
    )

    it.scoped(
      "a claim and an adoption whose answers were lost find what they took",
      () =>
        Effect.gen(function* () {
          yield* empty
          const server = yield* Server
          const queue = yield* makeQueue(60_000)
          const [one, other] = [job(), job()]
          yield* queue.enqueue(one)
          // It is sent and will be done, but it answers too late.
          yield* server.freeze
          const lost: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
            queue.claim(ada),
            queue.adopt(other, bob),
          ]
          const errors = yield* Effect.forEach(lost, (call) => Effect.flip(call), { concurrency: "unbounded" })
          yield* server.thaw
          assert.deepStrictEqual(
            errors.map(({ _tag }) => _tag),
            ["QueueUnavailable", "QueueUnavailable"],
          )
          yield* queue.statistics.pipe(
            persistently,
            Effect.repeat({ schedule: again, until: ({ held }) => held === 2 }),
            Effect.timeout("10 seconds"),
          )
          const claimed = yield* queue.claim(ada)
          const adopted = yield* queue.adopt(other, bob)
          assert.deepStrictEqual([claimed.job, adopted.job], [one, other])
          assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 2 })
          yield* Effect.forEach([claimed, adopted], queue.complete)
        }),
      timeoutMillis,
    )

    it.scoped(
      "after an outage longer than a lease the workers that are well keep what they hold",
      () =>
        Effect.gen(function* () {
          yield* empty
          const leaseMillis = 1_500
          const server = yield* Server
          const [here, there] = [yield* makeQueue(leaseMillis), yield* makeQueue(leaseMillis)]
          yield* here.enqueue(job())
          const lease = yield* here.claim(ada)
          const claim = yield* Effect.fork(persistently(there.claim(bob)))
          yield* server.kill
          yield* Effect.sleep(leaseMillis + 200)
          yield* server.start
          // So that it could take it, if it would.
          yield* persistently(there.statistics)
          yield* Effect.sleep("400 millis")
          yield* persistently(here.renew(lease))
          assert.isFalse(yield* isDone(claim))
          // A worker that is not well loses it.
          assert.isAbove((yield* Fiber.join(claim)).fence, lease.fence)
        }),
      timeoutMillis,
    )

    it.scoped(
      "loses nothing that was acknowledged when Redis is killed in the middle of traffic, three times",
      () =>
        Effect.gen(function* () {
          yield* empty
          const leaseMillis = 800
          const server = yield* Server
          const queues = [yield* makeQueue(leaseMillis), yield* makeQueue(leaseMillis)]
          const acknowledged = new Set<string>()
          const completed = new Map<string, number>()
          const fences = new Map<string, number>()
          const isEnough = yield* Ref.make(false)

          const ask = Effect.fnUntraced(function* (queue: typeof DispatchQueue.Service) {
            const one = job()
            yield* persistently(queue.enqueue(one))
            acknowledged.add(one.conversationId)
            yield* anyMoment
          })
          const hold = Effect.fnUntraced(function* (queue: typeof DispatchQueue.Service, lease: Lease) {
            const id = lease.job.conversationId
            assert.isAbove(lease.fence, fences.get(id) ?? 0)
            fences.set(id, lease.fence)
            yield* anyMoment
            yield* persistently(queue.complete(lease))
            completed.set(id, (completed.get(id) ?? 0) + 1)
          })
          const work = (queue: typeof DispatchQueue.Service) =>
            persistently(queue.claim(ada)).pipe(
              Effect.flatMap((lease) => hold(queue, lease)),
              // It lapsed during the outage, and another has it.
              Effect.catchTag("LeaseLost", () => Effect.void),
            )
          const many = <A, E>(effect: Effect.Effect<A, E>) =>
            Effect.forEach(Array.from({ length: 6 }), () => effect, { concurrency: "unbounded", discard: true })

          const workers = yield* Effect.forEach(queues, (queue) => Effect.fork(many(Effect.forever(work(queue)))))
          const askers = yield* Effect.forEach(queues, (queue) =>
            Effect.fork(many(Effect.repeat(ask(queue), { until: () => Ref.get(isEnough) }))),
          )
          for (let kills = 0; kills < 3; kills++) {
            const before = completed.size
            const moved = Effect.sync(() => completed.size > before + 50)
            yield* Effect.repeat(moved, { schedule: again, until: (moved) => moved })
            yield* server.kill
            yield* Effect.sleep(kills * leaseMillis)
            yield* server.start
          }
          yield* Ref.set(isEnough, true)
          yield* Effect.forEach(askers, Fiber.join)
          const missing = Effect.sync(() => [...acknowledged].filter((id) => !completed.has(id)))
          const all = Effect.repeat(missing, { schedule: again, until: ({ length }) => length === 0 })
          // A worker that fails an assertion ends the test at once.
          const dead = Effect.forEach(workers, Fiber.join, { concurrency: "unbounded" })
          yield* Effect.raceFirst(Effect.timeoutOption(all, "20 seconds"), dead)
          assert.deepStrictEqual(yield* missing, [])
          yield* Effect.forEach(workers, Fiber.interrupt)
          assert.isAbove(acknowledged.size, 150)
        }),
      timeoutMillis,
    )

    it.scoped(
      "fences go on growing, and the queue works, when Redis has lost everything",
      () =>
        Effect.gen(function* () {
          yield* empty
          const queue = yield* makeQueue(60_000)
          const one = job()
          yield* queue.enqueue(one)
          const lease = yield* queue.claim(ada)
          yield* empty
          for (const act of [queue.renew, queue.complete, queue.release]) {
            assert.include(yield* Effect.flip(act(lease)), { _tag: "LeaseLost" })
          }
          yield* queue.enqueue(one)
          assert.isAbove((yield* queue.claim(bob)).fence, lease.fence)
        }),
      timeoutMillis,
    )
  }),
)
