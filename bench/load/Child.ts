import { Command, type CommandExecutor } from "@effect/platform"
import { Effect, Option, Schema, Stream } from "effect"
import { BenchmarkError } from "../Benchmark.ts"
import { LoadEvent, LoadPlan, type LoadResult, type MemorySample } from "./LoadPlan.ts"

const program = new URL("main.ts", import.meta.url).pathname
/** What a process may take beyond its plan: starting, opening its sessions, and a busy machine. */
const marginSeconds = 60

const decode = Schema.decode(Schema.parseJson(LoadEvent))

export interface LoadRun {
  readonly result: LoadResult
  readonly samples: ReadonlyArray<MemorySample>
}

/** Carries out a plan in a process of its own. */
export const run = (plan: LoadPlan): Effect.Effect<LoadRun, BenchmarkError, CommandExecutor.CommandExecutor> =>
  Effect.gen(function* () {
    const argument = yield* Schema.encode(Schema.parseJson(LoadPlan))(plan)
    const samples: Array<MemorySample> = []
    const result = yield* Command.make(process.execPath, program, argument).pipe(
      Command.stderr("inherit"),
      Command.streamLines,
      // Libraries print, too; what is ours begins with its tag.
      Stream.filter((line) => line.startsWith('{"_tag"')),
      Stream.mapEffect(decode),
      Stream.filterMap((event) => {
        if (event._tag === "LoadResult") return Option.some(event)
        samples.push(event)
        return Option.none()
      }),
      Stream.runHead,
      Effect.flatten,
      Effect.timeout((plan.warmUpSeconds + plan.seconds + marginSeconds) * 1_000),
    )
    return { result, samples }
  }).pipe(
    Effect.mapError(
      (error) =>
        new BenchmarkError({ message: `${plan.side} with ${plan.sessions} sessions gave no result: ${error}` }),
    ),
  )
