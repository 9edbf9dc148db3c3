import type { CommandExecutor, FileSystem, Path } from "@effect/platform"
import { type Effect, Schema, type Scope } from "effect"
import type { Report } from "./report/Report.ts"

/** A benchmark could not be carried out; slow is no failure. */
export class BenchmarkError extends Schema.TaggedError<BenchmarkError>()("BenchmarkError", {
  message: Schema.String,
}) {}

export interface BenchmarkOptions {
  /** How long one run of `turn-overhead` is measured. */
  readonly runSeconds: number
  /** How long `memory` is measured. */
  readonly minutes: number
  /** How often the sides of a comparison take turns. */
  readonly rounds: number
}

export interface Benchmark {
  readonly name: string
  /** What is measured and what each side includes; printed before the run. */
  readonly about: ReadonlyArray<string>
  readonly seconds: (options: BenchmarkOptions) => number
  readonly run: (
    options: BenchmarkOptions,
  ) => Effect.Effect<
    Report,
    BenchmarkError,
    CommandExecutor.CommandExecutor | FileSystem.FileSystem | Path.Path | Scope.Scope
  >
}
