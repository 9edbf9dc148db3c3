import { assert, layer as suite } from "@effect/vitest"
import { Context, Duration, Effect, Fiber, Layer, Ref } from "effect"
import type { Lease } from "../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../src/domain/store/DispatchQueue.ts"
import { ada, bob, isDone, job, jobs } from "../../support/DispatchJobs.ts"
import { anyMoment, empty, queue, serverLayer } from "../../support/RedisQueue.ts"
import { describeRedis } from "../../support/RedisServer.ts"

const jobCount = 400
const claimsEach = 12
const rounds = 20
/** On the average; claims look by themselves every 200 ms. */
const wakeMillisMax = 120

/** Two processes at one queue, each with connections of its own. */
const two = (leaseMillis: number) =>
  Effect.gen(function* () {
    yield* empty
    const build = Effect.map(Layer.build(queue({ leaseMillis })), Context.get(DispatchQueue))
    return [yield* build, yield* build] as const
  })

describeRedis("several processes at one queue", () =>
  suite(serverLayer(), { excludeTestServices: true })("in Redis", (it) => {
    it.scoped("a claim of one wakes at a job from another, rather than at its next look", () =>
      Effect.gen(function* () {
        const [here, there] = yield* two(60_000)
        const round = Effect.gen(function* () {
          const claim = yield* Effect.fork(here.claim(ada))
          // Its first look is over before there is a job.
          yield* Effect.sleep("20 millis")
          const one = job()
          yield* there.enqueue(one)
          const lease = yield* Fiber.join(claim)
          assert.deepStrictEqual(lease.job, one)
          yield* here.complete(lease)
        })
        const [took] = yield* Effect.timed(Effect.repeatN(round, rounds - 1))
        assert.isBelow(Duration.toMillis(took), rounds * wakeMillisMax)
      }),
    )

    it.scoped("a claim of one takes what another lets lapse, by the time of Redis, and not before", () =>
      Effect.gen(function* () {
        const [here, there] = yield* two(700)
        yield* there.enqueue(job())
        const lost = yield* there.claim(bob)
        const claim = yield* Effect.fork(here.claim(ada))
        for (let renewals = 0; renewals < 6; renewals++) {
          yield* Effect.sleep("200 millis")
          yield* there.renew(lost)
        }
        assert.isFalse(yield* isDone(claim))
        assert.isAbove((yield* Fiber.join(claim)).fence, lost.fence)
        assert.include(yield* Effect.flip(there.renew(lost)), { _tag: "LeaseLost" })
      }),
    )

    it.scoped(
      "each job has one holder at a time and is completed once, also when some are given back",
      () =>
        Effect.gen(function* () {
          const queues = yield* two(60_000)
          const holders = new Set<string>()
          const completed = yield* Ref.make(0)
          const hold = Effect.fnUntraced(function* (queue: typeof DispatchQueue.Service, lease: Lease) {
            const id = lease.job.conversationId
            assert.isFalse(holders.has(id), "two hold it")
            holders.add(id)
            yield* anyMoment
            yield* queue.renew(lease)
            holders.delete(id)
            if (lease.fence % 5 === 0) return yield* queue.release(lease)
            yield* queue.complete(lease)
            yield* Ref.update(completed, (count) => count + 1)
          })
          const workers = yield* Effect.forEach(queues, (queue, index) =>
            Effect.forEach(
              Array.from({ length: claimsEach }),
              () => Effect.forever(Effect.flatMap(queue.claim(index === 0 ? ada : bob), (lease) => hold(queue, lease))),
              { concurrency: "unbounded", discard: true },
            ).pipe(Effect.fork),
          )
          const all = jobs(jobCount)
          const [here, there] = queues
          yield* Effect.forEach(all, (job, index) => (index % 2 === 0 ? here : there).enqueue(job), { concurrency: 8 })
          const isOver = Effect.map(here.statistics, ({ held, waiting }) => held + waiting === 0)
          const over = Effect.repeat(Effect.zipLeft(isOver, Effect.sleep("20 millis")), { until: (isOver) => isOver })
          // A worker that fails an assertion ends the test at once.
          yield* Effect.raceFirst(over, Effect.forEach(workers, Fiber.join, { concurrency: "unbounded" }))
          yield* Effect.forEach(workers, Fiber.interrupt)
          assert.strictEqual(yield* Ref.get(completed), jobCount)
        }),
      60_000,
    )
  }),
)
