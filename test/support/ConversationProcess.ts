// Run by tests as a process of conversations under a supervisor: `bun ConversationProcess.ts FOLDER WORKER JOBS MANNER`. Files of
// the folder say what it is to do: WORKER.leave ends its conversations, WORKER.served is how many it says it has had. It writes
// WORKER.drained when it ends well. MANNER: `plain`; `stuck` does not end when it is told to; `broken` ends at once.
import { BunRuntime } from "@effect/platform-bun"
import { Effect, Layer, Logger, LogLevel, Schedule } from "effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { ConversationHost } from "../../src/agent/worker/ConversationHost.ts"
import * as DoorsWorker from "../../src/agent/worker/DoorsWorker.ts"
import * as FifoSlots from "../../src/agent/worker/FifoSlots.ts"
import * as Supervised from "../../src/agent/worker/processes/Supervised.ts"
import * as QueueDoor from "../../src/agent/worker/QueueDoor.ts"
import { Worker } from "../../src/agent/worker/Worker.ts"
import { WorkerId } from "../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../src/domain/store/DispatchQueue.ts"
import { FakeQueue } from "../agent/worker/FakeQueue.ts"
import { jobOf } from "../agent/worker/World.ts"

const [folder = "", id = "", jobs = "0", manner = "plain"] = process.argv.slice(2)
if (manner === "broken") process.exit(3)
const path = (name: string) => `${folder}/${id}.${name}`

const queue = new FakeQueue()
for (let index = 1; index <= Number(jobs); index++) queue.add(jobOf(index))

const host = Layer.scoped(
  ConversationHost,
  Effect.gen(function* () {
    const goodbye = yield* Effect.makeLatch(false)
    const rooms = new Set<string>()
    const left = Effect.sync(() => existsSync(path("leave"))).pipe(
      Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: (isLeft) => isLeft }),
    )
    return ConversationHost.of({
      host: (lease) =>
        Effect.acquireUseRelease(
          Effect.sync(() => void rooms.add(lease.job.room)),
          () => Effect.raceFirst(goodbye.await, left),
          () => Effect.sync(() => void rooms.delete(lease.job.room)),
        ).pipe(Effect.as("over" as const)),
      sayGoodbye: goodbye.open,
      rooms: () => [...rooms],
      served: () => (existsSync(path("served")) ? Number(readFileSync(path("served"), "utf8")) : 0),
    })
  }),
)
const worker = Layer.unwrapEffect(
  Effect.map(QueueDoor.make(WorkerId.make(id)), (door) => DoorsWorker.layer([door])),
).pipe(Layer.provide(Layer.mergeAll(host, FifoSlots.layer({ total: 10 }), Layer.succeed(DispatchQueue, queue.service))))

Effect.gen(function* () {
  const worker = yield* Worker
  const followed = manner === "stuck" ? { ...worker, drain: () => Effect.never, force: Effect.void } : worker
  yield* Effect.provideService(Supervised.follow("100 millis"), Worker, followed)
  yield* worker.run
  const report = yield* worker.drain()
  writeFileSync(path("drained"), JSON.stringify(report))
}).pipe(Effect.scoped, Effect.provide(worker), Logger.withMinimumLogLevel(LogLevel.None), BunRuntime.runMain)
