import { hostname } from "node:os"
import { Effect, Layer } from "effect"
import type { WorkerId } from "../domain/store/DispatchJob.ts"
import { Processes } from "../agent/worker/processes/Processes.ts"
import * as ProcessCount from "../agent/worker/processes/ProcessCount.ts"
import * as Supervisor from "../agent/worker/processes/Supervisor.ts"
import { settingsRequired } from "./agent.ts"
import * as DispatchStore from "./DispatchStore.ts"
import { required } from "./Required.ts"
import * as Signals from "./Signals.ts"

export interface AgentsOptions {
  readonly dataFolder: string
  readonly processes: ProcessCount.ProcessCount
}

const main = new URL("../main.ts", import.meta.url).pathname

const serve = Effect.gen(function* () {
  const processes = yield* Processes
  yield* Signals.untilAskedToEnd(processes.run, { first: Effect.asVoid(processes.drain()), again: processes.force })
})

/** Several worker processes under this one, until they were drained. */
export const run = Effect.fn("agents.run")(function* ({ dataFolder, processes }: AgentsOptions) {
  yield* required(settingsRequired)
  const count = yield* ProcessCount.resolve(processes)
  const command = (worker: WorkerId) => [process.execPath, main, "agent", "--data", dataFolder, "--worker", worker]
  yield* serve.pipe(
    Effect.scoped,
    Effect.provide(
      Supervisor.layer({ processes: count, name: hostname(), command }).pipe(Layer.provide(DispatchStore.shared)),
    ),
  )
})
