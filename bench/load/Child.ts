import type { CommandExecutor } from "@effect/platform"
import { Effect } from "effect"
import { BenchmarkError } from "../Benchmark.ts"
import * as ChildProcess from "../ChildProcess.ts"
import { LoadEvent, type LoadPlan, type LoadResult, type MemorySample } from "./LoadPlan.ts"

/** What a process may take beyond its plan: starting, opening its sessions, and a busy machine. */
const marginSeconds = 60

export interface LoadRun {
  readonly result: LoadResult
  readonly samples: ReadonlyArray<MemorySample>
}

/** Carries out a plan in a process of its own. */
export const run = (plan: LoadPlan): Effect.Effect<LoadRun, BenchmarkError, CommandExecutor.CommandExecutor> =>
  Effect.gen(function* () {
    const name = `${plan.side} with ${plan.sessions} sessions`
    const events = yield* ChildProcess.run({
      name,
      plan,
      program: new URL("main.ts", import.meta.url).pathname,
      event: LoadEvent,
      within: (plan.warmUpSeconds + plan.seconds + marginSeconds) * 1_000,
    })
    const result = events.find((event) => event._tag === "LoadResult")
    if (result === undefined) return yield* new BenchmarkError({ message: `${name} ended early` })
    return { result, samples: events.filter((event) => event._tag === "MemorySample") }
  })
