import os from "node:os"
import { Args, CliConfig, Command, HelpDoc, Options } from "@effect/cli"
import { BunContext, BunRuntime } from "@effect/platform-bun"
import { Cause, Console, Effect, Layer } from "effect"
import { type Benchmark, BenchmarkError, type BenchmarkOptions } from "./Benchmark.ts"
import { density } from "./benchmarks/Density.ts"
import { dispatch } from "./benchmarks/Dispatch.ts"
import { memory } from "./benchmarks/Memory.ts"
import { mouthToEar } from "./benchmarks/MouthToEar.ts"
import { start } from "./benchmarks/Start.ts"
import { turnOverhead } from "./benchmarks/TurnOverhead.ts"
import { isMet, render, type Report } from "./report/Report.ts"

const all: ReadonlyArray<Benchmark> = [turnOverhead, memory, mouthToEar, start, dispatch, density]

const duration = (seconds: number) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${(seconds / 60).toFixed(1)} min`)

const intro = (chosen: ReadonlyArray<Benchmark>, options: BenchmarkOptions) => [
  `${os.availableParallelism()} cores, ${os.cpus()[0]?.model.trim() ?? "unknown CPU"}, load ${os.loadavg()[0]?.toFixed(1)}; Bun ${Bun.version}`,
  ...chosen.flatMap((benchmark) => [
    "",
    `${benchmark.name}: about ${duration(benchmark.seconds(options))}`,
    ...benchmark.about.map((line) => `  ${line}`),
  ]),
  "",
  `Together about ${duration(chosen.reduce((sum, benchmark) => sum + benchmark.seconds(options), 0))}.`,
]

const missedIn = (reports: ReadonlyArray<Report>) =>
  reports.flatMap(({ goals, name }) => goals.filter((goal) => !isMet(goal)).map((goal) => `${name}: ${goal.name}`))

interface Flags extends BenchmarkOptions {
  readonly names: ReadonlyArray<Benchmark["name"]>
  readonly json: boolean
  readonly check: boolean
}

const bench = ({ check, json, names, ...options }: Flags) =>
  Effect.gen(function* () {
    const chosen = names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
    // With --json stdout is the document alone.
    const say = json ? Console.error : Console.log
    yield* say(intro(chosen, options).join("\n"))
    const reports = yield* Effect.forEach(chosen, (benchmark) =>
      benchmark.run(options).pipe(
        Effect.scoped,
        Effect.tap((report) => (json ? Effect.void : Console.log(`\n${render(report)}`))),
      ),
    )
    if (json) yield* Console.log(JSON.stringify(reports, null, 2))
    const missed = missedIn(reports)
    if (check && missed.length > 0) return yield* new BenchmarkError({ message: `missed: ${missed.join("; ")}` })
  })

const command = Command.make(
  "bench",
  {
    names: Args.choice(
      all.map(({ name }): [string, string] => [name, name]),
      { name: "name" },
    ).pipe(Args.withDescription("Which to run; all when none is named"), Args.repeated),
    json: Options.boolean("json").pipe(Options.withDescription("One JSON document on stdout")),
    check: Options.boolean("check").pipe(Options.withDescription("Exit with 1 when a goal is missed")),
    runSeconds: Options.integer("seconds").pipe(
      Options.withDescription(
        "How long each run of turn-overhead and each count of rooms of density is measured; default 20",
      ),
      Options.withDefault(20),
    ),
    rounds: Options.integer("rounds").pipe(
      Options.withDescription("How often the sides of a comparison take turns; default 2"),
      Options.withDefault(2),
    ),
    minutes: Options.float("minutes").pipe(
      Options.withDescription("How long memory is measured; default 10"),
      Options.withDefault(10),
    ),
  },
  bench,
).pipe(
  Command.withDescription(
    HelpDoc.blocks([
      HelpDoc.p("Measures Parley beside a named peer, in the same go, and prints tables, ratios and goals."),
      HelpDoc.p(["Benchmarks:", ...all.map(({ about, name }) => `  ${name.padEnd(14)} ${about[0]}`)].join("\n")),
    ]),
  ),
)

Command.run(command, { name: "bench", version: "1", executable: "bun run bench" })(process.argv).pipe(
  Effect.tapErrorCause((cause) => {
    const [failure] = Cause.failures(cause)
    return Console.error(failure instanceof BenchmarkError ? failure.message : Cause.pretty(cause))
  }),
  Effect.provide(Layer.mergeAll(BunContext.layer, CliConfig.layer({ showBuiltIns: false }))),
  BunRuntime.runMain({ disableErrorReporting: true }),
)
