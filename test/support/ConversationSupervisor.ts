// Run by tests as a supervisor to be killed: prints the process id and worker of its one process once that has reported.
import { Effect, Layer, Logger, LogLevel } from "effect"
import { Processes } from "../../src/agent/worker/processes/Processes.ts"
import * as Supervisor from "../../src/agent/worker/processes/Supervisor.ts"
import { DispatchQueue } from "../../src/domain/store/DispatchQueue.ts"
import { FakeQueue } from "../agent/worker/FakeQueue.ts"

const [folder = ""] = process.argv.slice(2)
const supervisor = Supervisor.layer({
  processes: 1,
  name: "killed",
  command: (worker) => [process.execPath, `${import.meta.dirname}/ConversationProcess.ts`, folder, worker, "1"],
}).pipe(Layer.provide(Layer.sync(DispatchQueue, () => new FakeQueue().service)))

const program = Effect.gen(function* () {
  const processes = yield* Processes
  yield* Effect.fork(processes.run)
  const firstUp = Effect.map(processes.status, ([first]) => (first?.report?.rooms.length === 1 ? first : undefined))
  let first = yield* firstUp
  while (first === undefined) {
    yield* Effect.sleep("20 millis")
    first = yield* firstUp
  }
  process.stdout.write(`${first.pid} ${first.worker}\n`)
  return yield* Effect.never
})
Effect.runFork(program.pipe(Effect.provide(supervisor), Logger.withMinimumLogLevel(LogLevel.None)))
