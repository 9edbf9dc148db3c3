import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Metric, Option, Stream } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { ProcessesNotStarted } from "../../../../src/agent/worker/processes/Processes.ts"
import { processesReplaced, roomsOrphaned } from "../../../../src/agent/worker/processes/ProcessMetrics.ts"
import { areUp, folder, isAlive, supervise, until, untilGone } from "./Supervising.ts"

const countOf = (cause: string) =>
  Effect.map(Metric.value(Metric.tagged(processesReplaced, "cause", cause)), ({ count }) => count)

describe("a process of conversations", () => {
  it.scopedLive("that crashes is started again under another name, and what it held is given back at once", () =>
    Effect.gen(function* () {
      const { givenBack, processes } = yield* supervise({ processes: 2 })
      const crashes = yield* countOf("crashed")
      const orphans = (yield* Metric.value(roomsOrphaned)).count
      const [victim, other] = yield* until(processes, areUp(2))
      if (victim === undefined || other === undefined) return assert.fail("two processes")
      process.kill(victim.pid, "SIGKILL")
      const after = yield* until(processes, (all) => areUp(2)(all) && all.every(({ pid }) => pid !== victim.pid))
      assert.deepStrictEqual(givenBack, [victim.worker])
      assert.include(
        after.map(({ pid }) => pid),
        other.pid,
        "the other one goes on",
      )
      assert.isFalse(after.some(({ worker }) => worker === victim.worker))
      assert.strictEqual(yield* countOf("crashed"), crashes + 1)
      assert.strictEqual((yield* Metric.value(roomsOrphaned)).count, orphans + 1)
    }),
  )

  it.scopedLive("that freezes is killed and replaced", () =>
    Effect.gen(function* () {
      const { givenBack, processes } = yield* supervise({
        processes: 1,
        policy: { silentMax: Duration.seconds(1), reportEvery: Duration.millis(100) },
      })
      const [frozen] = yield* until(processes, areUp(1))
      if (frozen === undefined) return assert.fail("one process")
      process.kill(frozen.pid, "SIGSTOP")
      yield* untilGone(frozen.pid)
      yield* until(processes, (all) => areUp(1)(all) && all[0]?.pid !== frozen.pid)
      assert.deepStrictEqual(givenBack, [frozen.worker])
    }),
  )

  it.scopedLive("that is worn drains while its successor is there already, and ends once it is empty", () =>
    Effect.gen(function* () {
      const { exists, givenBack, processes, write } = yield* supervise({
        processes: 1,
        policy: { conversationsMax: 100 },
      })
      const [worn] = yield* until(processes, areUp(1))
      if (worn === undefined) return assert.fail("one process")
      write(worn.worker, "served", "99")
      yield* until(processes, (all) => all[0]?.report?.conversationsServed === 99)
      write(worn.worker, "served", "100")
      const both = yield* until(processes, (all) => areUp(2)(all) && all.some(({ report }) => report?.isDraining))
      const draining = both.filter(({ report }) => report?.isDraining)
      assert.deepStrictEqual(
        draining.map(({ pid }) => pid),
        [worn.pid],
      )
      write(worn.worker, "leave")
      yield* untilGone(worn.pid)
      const [successor] = yield* until(processes, areUp(1))
      assert.notStrictEqual(successor?.pid, worn.pid)
      assert.isTrue(exists(worn.worker, "drained"))
      assert.deepStrictEqual(givenBack, [], "it gave back what it had itself")
    }),
  )

  it.scopedLive("that never comes up is tried a few times, then the supervisor gives up and says why", () =>
    Effect.gen(function* () {
      const { run } = yield* supervise({
        processes: 1,
        manner: "broken",
        policy: { restartMin: Duration.millis(10), startsFailedMax: 3 },
      })
      const failure = yield* Effect.flip(Fiber.join(run))
      assert.deepStrictEqual(failure, new ProcessesNotStarted({ starts: 3, how: "exit code 3" }))
    }),
  )
})

describe("a drain of all processes", () => {
  it.scopedLive("waits for every conversation, and starts no process any more", () =>
    Effect.gen(function* () {
      const { exists, processes, run, write } = yield* supervise({ processes: 2 })
      const all = yield* until(processes, areUp(2))
      const drained = yield* Effect.fork(processes.drain())
      yield* until(processes, (all) => all.every(({ report }) => report?.isDraining === true))
      assert.isTrue(Option.isNone(yield* Fiber.poll(drained)))
      for (const { worker } of all) write(worker, "leave")
      assert.deepStrictEqual(yield* Fiber.join(drained), { ended: 2, killed: 0 })
      yield* Fiber.join(run)
      assert.deepStrictEqual(yield* processes.status, [])
      for (const { worker } of all) assert.isTrue(exists(worker, "drained"))
    }),
  )

  it.scopedLive("has the bound that it is given, then they say goodbye", () =>
    Effect.gen(function* () {
      const { processes } = yield* supervise({ processes: 1 })
      yield* until(processes, areUp(1))
      assert.deepStrictEqual(yield* processes.drain("100 millis"), { ended: 1, killed: 0 })
    }),
  )

  it.scopedLive("that is forced waits for no conversation", () =>
    Effect.gen(function* () {
      const { processes, run } = yield* supervise({ processes: 2 })
      yield* until(processes, areUp(2))
      const drained = yield* Effect.fork(processes.drain())
      yield* until(processes, (all) => all.every(({ report }) => report?.isDraining === true))
      yield* processes.force
      assert.deepStrictEqual(yield* Fiber.join(drained), { ended: 2, killed: 0 })
      yield* Fiber.join(run)
    }),
  )

  it.scopedLive("kills what does not end though it was forced to", () =>
    Effect.gen(function* () {
      const { processes } = yield* supervise({
        processes: 1,
        manner: "stuck",
        policy: { forceWithin: Duration.millis(300) },
      })
      const [stuck] = yield* until(processes, areUp(1))
      yield* processes.force
      assert.deepStrictEqual(yield* processes.drain(), { ended: 0, killed: 1 })
      assert.isFalse(isAlive(stuck?.pid ?? 0))
    }),
  )
})

describe("a supervisor", () => {
  it.scopedLive("that is not waited for any more keeps its processes until it is drained", () =>
    Effect.gen(function* () {
      const { processes, run, write } = yield* supervise({ processes: 1 })
      const [first] = yield* until(processes, areUp(1))
      if (first === undefined) return assert.fail("one process")
      yield* Fiber.interrupt(run)
      const drained = yield* Effect.fork(processes.drain())
      yield* until(processes, ([first]) => first?.report?.isDraining === true)
      write(first.worker, "leave")
      assert.deepStrictEqual(yield* Fiber.join(drained), { ended: 1, killed: 0 })
    }),
  )

  it.live("that is closed lets its processes end what they have, and leaves none behind", () =>
    Effect.gen(function* () {
      const { all, givenBack } = yield* Effect.scoped(
        Effect.gen(function* () {
          const { givenBack, processes } = yield* supervise({ processes: 2 })
          return { all: yield* until(processes, areUp(2)), givenBack }
        }),
      )
      for (const { pid } of all) assert.isFalse(isAlive(pid))
      assert.deepStrictEqual(givenBack, [], "none had to be killed")
    }),
  )

  it.scopedLive("that is killed leaves a process that drains and ends by itself", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const script = new URL("../../../support/ConversationSupervisor.ts", import.meta.url).pathname
      const supervisor = yield* Effect.acquireRelease(
        Effect.sync(() => Bun.spawn([process.execPath, script, path], { stdio: ["ignore", "pipe", "inherit"] })),
        (child) => Effect.sync(() => child.kill("SIGKILL")),
      )
      const line = yield* Stream.fromReadableStream({ evaluate: () => supervisor.stdout, onError: String }).pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.runHead,
      )
      const [pid, worker] = Option.getOrThrow(line).split(" ")
      supervisor.kill("SIGKILL")
      yield* Effect.promise(() => supervisor.exited)
      yield* Effect.sleep("500 millis")
      assert.isTrue(isAlive(Number(pid)), "its conversation goes on")
      yield* Effect.promise(() => Bun.write(`${path}/${worker}.leave`, ""))
      yield* untilGone(Number(pid))
      assert.isTrue(existsSync(`${path}/${worker}.drained`))
      assert.deepInclude(JSON.parse(readFileSync(`${path}/${worker}.drained`, "utf8")), { finished: 1, left: 0 })
    }),
  )
})
