import { Effect, Exit, Layer, Logger, LogLevel, Option, Schedule } from "effect"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Processes, type ProcessStatus } from "../../../../src/agent/worker/processes/Processes.ts"
import type { ProcessPolicy } from "../../../../src/agent/worker/processes/ProcessPolicy.ts"
import * as Supervisor from "../../../../src/agent/worker/processes/Supervisor.ts"
import type { WorkerId } from "../../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"
import { FakeQueue } from "../FakeQueue.ts"

const script = new URL("../../../support/ConversationProcess.ts", import.meta.url).pathname

export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "parley-processes-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true })),
)

export interface Supervised {
  readonly processes: number
  readonly jobs?: number
  readonly manner?: "plain" | "stuck" | "broken"
  readonly policy?: Partial<ProcessPolicy>
}

/** A supervisor with real processes, running; its queue notes for whom everything was given back. */
export const supervise = Effect.fnUntraced(function* (options: Supervised) {
  const path = yield* folder
  const queue = new FakeQueue()
  const givenBack: Array<WorkerId> = []
  const layer = Supervisor.layer({
    processes: options.processes,
    name: "test",
    command: (worker) => [process.execPath, script, path, worker, String(options.jobs ?? 1), options.manner ?? "plain"],
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  }).pipe(
    Layer.provide(
      Layer.succeed(DispatchQueue, {
        ...queue.service,
        releaseAll: (worker) => Effect.sync(() => (givenBack.push(worker), [])),
      }),
    ),
    Layer.provide(Logger.minimumLogLevel(LogLevel.None)),
  )
  const context = yield* Layer.build(layer)
  const processes = yield* Effect.provide(Processes, context)
  const run = yield* Effect.forkScoped(processes.run)
  const exists = (worker: WorkerId, name: string) => existsSync(`${path}/${worker}.${name}`)
  const write = (worker: WorkerId, name: string, content = "") => writeFileSync(`${path}/${worker}.${name}`, content)
  return { processes, run, givenBack, exists, write }
})

/** Waits for a state of the processes; says which it was in when it does not come. */
export const until = (
  processes: typeof Processes.Service,
  condition: (all: ReadonlyArray<ProcessStatus>) => boolean,
): Effect.Effect<ReadonlyArray<ProcessStatus>> =>
  Effect.gen(function* () {
    for (;;) {
      const all = yield* processes.status
      if (condition(all)) return all
      yield* Effect.sleep("20 millis")
    }
  }).pipe(
    Effect.timeoutOption("12 seconds"),
    Effect.flatMap(
      Option.match({
        onNone: () => Effect.flatMap(processes.status, (all) => Effect.dieMessage(`is ${JSON.stringify(all)}`)),
        onSome: Effect.succeed,
      }),
    ),
  )

/** All of them have reported, each with so many rooms. */
export const areUp =
  (count: number, rooms = 1) =>
  (all: ReadonlyArray<ProcessStatus>): boolean =>
    all.length === count && all.every(({ report }) => report?.rooms.length === rooms)

export const isAlive = (pid: number): boolean =>
  Exit.isSuccess(Effect.runSyncExit(Effect.try(() => process.kill(pid, 0))))
export const untilGone = (pid: number) =>
  Effect.sync(() => isAlive(pid)).pipe(
    Effect.repeat({ schedule: Schedule.spaced("20 millis"), while: (alive) => alive }),
    Effect.timeoutFail({ duration: "10 seconds", onTimeout: () => new Error(`process ${pid} is still there`) }),
    Effect.orDie,
  )
