import { assert, layer as suite } from "@effect/vitest"
import { Effect, Exit, Fiber, type Layer, Random, Ref } from "effect"
import type { Lease, Priority } from "../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../src/domain/store/DispatchQueue.ts"
import type { DispatchOptions } from "../../src/infra/dispatch/DispatchOptions.ts"
import { ada, bob, claimAll, enqueueAll, isDone, job, jobs } from "../support/DispatchJobs.ts"
import { QueueTime } from "../support/QueueTime.ts"

/** Long enough that no lease lapses but by the test's own time. */
export const leaseMillis = 60_000

const idOf = ({ job }: Lease) => job.conversationId
const waitingAt = (position: number) => ({ _tag: "Waiting", position, estimateMillis: null }) as const

const claimsGivenUp = 1_000
const timeoutMillis = 60_000

export interface QueueContract<R> {
  readonly name: string
  readonly server: Layer.Layer<R>
  /** An empty queue, and its time. */
  readonly fresh: (options: Partial<DispatchOptions>) => Layer.Layer<DispatchQueue | QueueTime, never, R>
}

/** What every dispatch queue promises of one job. */
export const dispatchQueueContract = <R>({ fresh, name, server }: QueueContract<R>) =>
  suite(server, { excludeTestServices: true })(`DispatchQueue: ${name}`, (it) => {
    const test = <E>(
      title: string,
      body: Effect.Effect<void, E, DispatchQueue | QueueTime>,
      options: Partial<DispatchOptions> = {},
    ) => it.effect(title, () => Effect.provide(body, fresh({ leaseMillis, ...options })), timeoutMillis)

    test(
      "what goes in comes out",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const one = job("high")
        assert.deepStrictEqual(yield* queue.place(one.conversationId), { _tag: "Unknown" })
        assert.deepStrictEqual(yield* queue.enqueue(one), waitingAt(1))
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 1, held: 0 })
        const lease = yield* queue.claim(ada)
        assert.deepStrictEqual({ job: lease.job, worker: lease.worker }, { job: one, worker: ada })
        assert.isAtLeast(lease.fence, 1)
        const held = { _tag: "Held", worker: ada, fence: lease.fence } as const
        assert.deepStrictEqual(yield* queue.place(one.conversationId), held)
        assert.deepStrictEqual(yield* queue.enqueue(one), held)
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 1 })
        yield* queue.complete(lease)
        assert.deepStrictEqual(yield* queue.place(one.conversationId), { _tag: "Unknown" })
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 0 })
        assert.strictEqual(queue.leaseMillis, leaseMillis)
      }),
    )

    test(
      "a full queue takes no more, but knows what it has",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const [first, second, third] = [job(), job(), job()]
        yield* enqueueAll([first, second])
        assert.include(yield* Effect.flip(queue.enqueue(third)), { _tag: "QueueFull", waitingMax: 2 })
        assert.deepStrictEqual(yield* queue.place(third.conversationId), { _tag: "Unknown" })
        assert.deepStrictEqual(yield* queue.enqueue(second), waitingAt(2))
        yield* queue.claim(ada)
        assert.deepStrictEqual(yield* queue.enqueue(third), waitingAt(2))
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 2, held: 1 })
      }),
      { waitingMax: 2 },
    )

    test(
      "higher priorities go first, every fifth is the one that waited longest, and places tell that order",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const waiting = [...jobs(2, "low"), ...jobs(2, "normal"), ...jobs(7, "high"), ...jobs(1, "normal")]
        yield* enqueueAll(waiting)
        // By index above: highs are 4 to 10, and the fifth and tenth turn are those of 0 and 1.
        const order = [4, 5, 6, 7, 0, 8, 9, 10, 2, 1, 3, 11]
        const ids = order.map((index) => waiting[index]?.conversationId)
        const places = yield* Effect.forEach(waiting, ({ conversationId }) => queue.place(conversationId))
        assert.deepStrictEqual(
          places,
          waiting.map((_, index) => waitingAt(order.indexOf(index) + 1)),
        )
        assert.deepStrictEqual((yield* claimAll(ada)).map(idOf), ids)
      }),
    )

    test(
      "what is enqueued again keeps its place, its priority and its data",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const low = job("low")
        const other = job("normal")
        yield* enqueueAll([low, other])
        assert.deepStrictEqual(yield* queue.enqueue(job("high", low.conversationId)), waitingAt(2))
        assert.deepStrictEqual(
          (yield* claimAll(ada)).map(({ job }) => job),
          [other, low],
        )
      }),
    )

    test(
      "a claim waits until there is a job",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const claims = [yield* Effect.fork(queue.claim(ada)), yield* Effect.fork(queue.claim(bob))]
        const [one, two] = [job(), job()]
        yield* queue.enqueue(one)
        yield* queue.enqueue(two)
        const leases = yield* Effect.forEach(claims, Fiber.join)
        assert.deepStrictEqual(new Set(leases.map(idOf)), new Set([one.conversationId, two.conversationId]))
        assert.deepStrictEqual(
          leases.map(({ worker }) => worker),
          [ada, bob],
        )
      }),
    )

    test(
      "50 jobs on 2 workers of 20 slots: 40 are held, 10 wait at places 1 to 10, none is lost, none is twice",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const all = jobs(50)
        const claims = yield* Effect.forEach([ada, bob], (worker) =>
          Effect.fork(
            Effect.forEach(Array.from({ length: 20 }), () => queue.claim(worker), { concurrency: "unbounded" }),
          ),
        )
        yield* enqueueAll(all)
        const held = (yield* Effect.forEach(claims, Fiber.join)).flat()
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 10, held: 40 })
        const places = yield* Effect.forEach(all, ({ conversationId }) => queue.place(conversationId))
        assert.deepStrictEqual(
          places.flatMap((place) => (place._tag === "Waiting" ? [place.position] : [])),
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        )
        yield* Effect.forEach(held, queue.complete)
        const rest = yield* claimAll(ada)
        const seen = [...held, ...rest].map(idOf)
        assert.strictEqual(seen.length, 50)
        assert.deepStrictEqual(new Set(seen), new Set(all.map(({ conversationId }) => conversationId)))
      }),
    )

    test(
      "a lapsed lease goes to who waits for one, with a higher fence, and its late owner has lost it",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const { pass } = yield* QueueTime
        yield* enqueueAll([job("low")])
        const late = yield* queue.claim(ada)
        const next = yield* Effect.fork(queue.claim(bob))
        yield* pass(leaseMillis - 10_000)
        assert.isFalse(yield* isDone(next))
        yield* pass(10_000)
        const lease = yield* Fiber.join(next)
        assert.deepStrictEqual(lease.job, late.job)
        assert.isAbove(lease.fence, late.fence)
        const expected = { _tag: "LeaseLost", conversationId: idOf(late), fence: late.fence } as const
        for (const act of [queue.renew, queue.complete, queue.release]) {
          assert.include(yield* Effect.flip(act(late)), expected)
        }
        yield* queue.renew(lease)
        yield* queue.complete(lease)
      }),
    )

    test(
      "lapsed and given-back jobs go before all that wait",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const { pass } = yield* QueueTime
        const [first, second, third] = [job("low"), job("low"), job("high")]
        yield* enqueueAll([first, second])
        const [lapses, givenBack] = [yield* queue.claim(ada), yield* queue.claim(ada)]
        yield* queue.enqueue(third)
        yield* queue.release(givenBack)
        assert.deepStrictEqual(yield* queue.place(second.conversationId), waitingAt(1))
        yield* pass(leaseMillis)
        assert.deepStrictEqual(
          yield* Effect.forEach([first, second, third], ({ conversationId }) => queue.place(conversationId)),
          [waitingAt(1), waitingAt(2), waitingAt(3)],
        )
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 3, held: 0 })
        assert.deepStrictEqual((yield* claimAll(bob)).map(idOf), [idOf(lapses), idOf(givenBack), third.conversationId])
      }),
    )

    test(
      "renewing keeps a lease, and takes a lapsed one back that nobody has",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const { pass } = yield* QueueTime
        yield* enqueueAll([job()])
        const lease = yield* queue.claim(ada)
        const held = { _tag: "Held", worker: ada, fence: lease.fence } as const
        for (const wait of [0.7, 0.7, 1.5]) {
          yield* pass(leaseMillis * wait)
          yield* queue.renew(lease)
          assert.deepStrictEqual(yield* queue.place(idOf(lease)), held)
        }
        yield* pass(leaseMillis * 1.5)
        yield* queue.complete(lease)
      }),
    )

    test(
      "completing and giving back may be repeated; nothing else may be done with what is over",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        yield* enqueueAll([job(), job()])
        const [over, given] = [yield* queue.claim(ada), yield* queue.claim(ada)]
        yield* queue.complete(over)
        yield* queue.complete(over)
        yield* queue.release(given)
        yield* queue.release(given)
        for (const act of [queue.renew(over), queue.release(over), queue.renew(given), queue.complete(given)]) {
          assert.include(yield* Effect.flip(act), { _tag: "LeaseLost" })
        }
        const again = yield* queue.claim(ada)
        assert.isAbove(again.fence, given.fence)
        assert.include(yield* Effect.flip(queue.release(given)), { _tag: "LeaseLost" })
        yield* queue.renew(again)
      }),
    )

    test(
      "adopts what is unknown, waits, was given back or has lapsed",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const { pass } = yield* QueueTime
        const [unknown, waits, given, lapsed, last] = [job(), job(), job(), job(), job()]
        yield* enqueueAll([lapsed, given, waits, last])
        const late = yield* queue.claim(bob)
        yield* Effect.flatMap(queue.claim(bob), queue.release)
        yield* pass(leaseMillis)
        const leases = yield* Effect.forEach([unknown, waits, given, lapsed], (one) => queue.adopt(one, ada))
        assert.deepStrictEqual(
          leases.map(({ job }) => job),
          [unknown, waits, given, lapsed],
        )
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 1, held: 4 })
        assert.include(yield* Effect.flip(queue.renew(late)), { _tag: "LeaseLost" })
        assert.deepStrictEqual(yield* queue.place(last.conversationId), waitingAt(1))
        yield* Effect.forEach(leases, queue.renew)
        yield* Effect.forEach(leases, queue.complete)
        assert.deepStrictEqual((yield* claimAll(ada)).map(idOf), [last.conversationId])
      }),
    )

    test(
      "what is held cannot be adopted, by nobody",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        yield* enqueueAll([job()])
        const lease = yield* queue.claim(ada)
        const expected = { _tag: "LeaseLost", conversationId: idOf(lease), fence: lease.fence } as const
        for (const worker of [ada, bob]) {
          assert.include(yield* Effect.flip(queue.adopt(lease.job, worker)), expected)
        }
        yield* queue.renew(lease)
      }),
    )

    test(
      "of those that claim and adopt the same job at the same time one gets it",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        for (let round = 0; round < 50; round++) {
          const one = job()
          yield* queue.enqueue(one)
          const claim = yield* Effect.fork(queue.claim(ada))
          const adopted = yield* Effect.forEach([bob, bob, ada], (worker) => Effect.exit(queue.adopt(one, worker)), {
            concurrency: "unbounded",
          })
          const winners = adopted.filter(Exit.isSuccess)
          if (winners.length === 0) yield* Effect.flatMap(Fiber.join(claim), queue.complete)
          else {
            assert.strictEqual(winners.length, 1)
            assert.isFalse(yield* isDone(claim))
            yield* Fiber.interrupt(claim)
            yield* Effect.forEach(winners, ({ value }) => queue.complete(value))
          }
          assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 0 })
        }
      }),
    )

    test(
      "a dead worker's jobs are given back, and only those",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        yield* enqueueAll(jobs(5))
        const dead = [yield* queue.claim(ada), yield* queue.claim(ada)]
        const alive = yield* queue.claim(bob)
        const completed = yield* queue.claim(ada)
        yield* queue.complete(completed)
        const waiting = yield* Effect.fork(queue.claim(bob))
        yield* Fiber.join(waiting)
        const next = yield* Effect.fork(queue.claim(bob))
        assert.deepStrictEqual(new Set(yield* queue.releaseAll(ada)), new Set(dead.map(idOf)))
        assert.include(dead.map(idOf), idOf(yield* Fiber.join(next)))
        assert.deepStrictEqual(yield* queue.releaseAll(ada), [])
        for (const lease of dead) assert.include(yield* Effect.flip(queue.renew(lease)), { _tag: "LeaseLost" })
        yield* queue.renew(alive)
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 1, held: 3 })
      }),
    )

    test(
      "what is withdrawn is gone, whoever has it; its fences go on growing",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const [held, waits] = [job(), job()]
        yield* enqueueAll([held, waits])
        const lease = yield* queue.claim(ada)
        yield* queue.withdraw(waits.conversationId)
        yield* queue.withdraw(held.conversationId)
        yield* queue.withdraw(held.conversationId)
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 0 })
        assert.deepStrictEqual(yield* queue.place(held.conversationId), { _tag: "Unknown" })
        for (const act of [queue.renew, queue.complete, queue.release]) {
          assert.include(yield* Effect.flip(act(lease)), { _tag: "LeaseLost" })
        }
        yield* queue.enqueue(held)
        const again = yield* queue.claim(bob)
        assert.isAbove(again.fence, lease.fence)
        assert.include(yield* Effect.flip(queue.complete(lease)), { _tag: "LeaseLost" })
      }),
    )

    test(
      "estimates a wait by how long jobs are held and how many are",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const { pass } = yield* QueueTime
        yield* enqueueAll(jobs(2))
        const [short, long] = [yield* queue.claim(ada), yield* queue.claim(ada)]
        yield* pass(10_000)
        yield* queue.complete(short)
        yield* pass(20_000)
        yield* queue.complete(long)
        const waiting = jobs(4)
        const first = yield* queue.enqueue(waiting[0] ?? job())
        assert.deepStrictEqual(first, waitingAt(1))
        yield* enqueueAll(waiting)
        yield* queue.claim(ada)
        yield* queue.claim(ada)
        // 20 s on the average, two at a time.
        for (const [index, expected] of [10_000, 20_000].entries()) {
          const place = yield* queue.place(waiting[index + 2]?.conversationId ?? job().conversationId)
          if (place._tag !== "Waiting" || place.estimateMillis === null) assert.fail(JSON.stringify(place))
          assert.isAtLeast(place.estimateMillis, expected)
          assert.isAtMost(place.estimateMillis, expected * 1.5)
        }
      }),
    )

    const priorities: ReadonlyArray<Priority> = ["high", "normal", "low"]

    test(
      "claims that are given up take nothing, however often and whenever",
      Effect.gen(function* () {
        const queue = yield* DispatchQueue
        const seen = yield* Ref.make<ReadonlyArray<Lease>>([])
        const keep = (lease: Lease) => Ref.update(seen, (leases) => [...leases, lease])
        // An acquisition waits interruptibly, and is not interrupted between having got the job and keeping it.
        const claim = Effect.uninterruptible(Effect.flatMap(queue.claim(ada), keep))
        const giveUp = Effect.gen(function* () {
          const fiber = yield* Effect.fork(claim)
          yield* Effect.yieldNow({ priority: yield* Random.nextInt })
          for (let turns = yield* Random.nextIntBetween(0, 4); turns > 0; turns--) {
            yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
          }
          yield* Fiber.interrupt(fiber)
        })
        const all = Array.from({ length: 300 }, (_, index) => job(priorities[index % 3]))
        yield* Effect.all(
          [
            Effect.forEach(all, queue.enqueue, { concurrency: 2, discard: true }),
            Effect.forEach(Array.from({ length: claimsGivenUp }), () => giveUp, { concurrency: 8, discard: true }),
          ],
          { concurrency: "unbounded", discard: true },
        )
        const taken = yield* Ref.get(seen)
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 300 - taken.length, held: taken.length })
        yield* Effect.forEach(taken, queue.renew, { discard: true })
        const rest = yield* claimAll(bob)
        const ids = [...taken, ...rest].map(idOf)
        assert.strictEqual(ids.length, 300)
        assert.deepStrictEqual(new Set(ids), new Set(all.map(({ conversationId }) => conversationId)))
      }),
    )
  })
