import { hostname } from "node:os"
import { Duration, Effect, Layer } from "effect"
import type { WorkerId } from "../domain/store/DispatchJob.ts"
import { Processes } from "../agent/worker/processes/Processes.ts"
import * as ProcessCount from "../agent/worker/processes/ProcessCount.ts"
import * as Supervisor from "../agent/worker/processes/Supervisor.ts"
import { drainConfig, settingsRequired } from "./agent.ts"
import * as DispatchStore from "./DispatchStore.ts"
import { required } from "./Required.ts"
import * as Signals from "./Signals.ts"

export interface AgentsOptions {
  readonly dataFolder: string
  readonly processes: ProcessCount.ProcessCount
}

const main = new URL("../main.ts", import.meta.url).pathname

/** What the goodbyes of all processes take beyond the drain's own bound. */
const goodbyesWithin = Duration.minutes(1)

const serve = Effect.fnUntraced(function* (drainWithin: Duration.Duration) {
  const processes = yield* Processes
  yield* Signals.untilAskedToEnd(processes.run, {
    first: Effect.asVoid(processes.drain(drainWithin)),
    again: processes.force,
  })
})

/** Several worker processes under this one, until they were drained. */
export const run = Effect.fn("agents.run")(function* ({ dataFolder, processes }: AgentsOptions) {
  yield* required(settingsRequired)
  const count = yield* ProcessCount.resolve(processes)
  const command = (worker: WorkerId) => [process.execPath, main, "agent", "--data", dataFolder, "--worker", worker]
  const { drainWithin } = yield* drainConfig
  const policy = { drainWithin: Duration.sum(drainWithin, goodbyesWithin) }
  yield* serve(drainWithin).pipe(
    Effect.scoped,
    Effect.provide(
      Supervisor.layer({ processes: count, name: hostname(), command, policy }).pipe(
        Layer.provide(DispatchStore.shared),
      ),
    ),
  )
})
