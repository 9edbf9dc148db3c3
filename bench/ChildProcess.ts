import { Command, type CommandExecutor } from "@effect/platform"
import { type Duration, Effect, Schema, Stream } from "effect"
import { BenchmarkError } from "./Benchmark.ts"

export interface ChildOptions<A, I> {
  readonly name: string
  readonly program: string
  /** The only argument, as JSON. */
  readonly plan: unknown
  readonly event: Schema.Schema<A, I>
  readonly within: Duration.DurationInput
}

/** Runs a program of ours in a process of its own and answers what it tells, one JSON document a line. */
export const run = <A, I>({
  event,
  name,
  plan,
  program,
  within,
}: ChildOptions<A, I>): Effect.Effect<ReadonlyArray<A>, BenchmarkError, CommandExecutor.CommandExecutor> =>
  Command.make(process.execPath, program, JSON.stringify(plan)).pipe(
    // A peer's log may be loud; what goes wrong shows as a missing result.
    Command.streamLines,
    Stream.filter((line) => line.startsWith('{"_tag"')),
    Stream.mapEffect(Schema.decode(Schema.parseJson(event))),
    Stream.runCollect,
    Effect.timeout(within),
    Effect.map((events) => Array.from(events)),
    Effect.mapError((error) => new BenchmarkError({ message: `${name} gave no result: ${error}` })),
  )
