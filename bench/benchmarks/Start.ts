import { Command, FileSystem } from "@effect/platform"
import { Clock, Effect, Option, Stream } from "effect"
import { type Benchmark, BenchmarkError } from "../Benchmark.ts"
import { decimals, ratio, type Report } from "../report/Report.ts"
import { maximum, percentile } from "../report/Statistics.ts"

const root = new URL("../../", import.meta.url).pathname
const runs = 5
const readyWithin = "60 seconds"
const endWithin = "5 seconds"
const goalMillis = 2_000
const secondsARun = 8

/** A server that does nothing, and LiveKit's agents as far as they come without a server. */
const floor = `const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("ok") })
console.log("READY " + server.url)`
const peer = `const { cli, ServerOptions, initializeLogger } = await import("@livekit/agents")
initializeLogger({ pretty: false, level: "warn" })
new ServerOptions({ agent: "agent.ts", wsURL: "ws://127.0.0.1:7880", apiKey: "key", apiSecret: "secret", logLevel: "warn" })
console.log("READY " + typeof cli.runApp)
setInterval(() => {}, 1_000)`

/** From the start of a process to the line in which it says that it is ready; then it is ended. */
const timeToReady = (name: string, args: ReadonlyArray<string>, isReady: (line: string) => boolean) =>
  Effect.gen(function* () {
    const startMillis = yield* Clock.currentTimeMillis
    const child = yield* Command.make(process.execPath, ...args).pipe(Command.workingDirectory(root), Command.start)
    yield* child.stdout.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter(isReady),
      Stream.runHead,
      Effect.flatMap(Option.match({ onNone: () => Effect.fail("it ended early"), onSome: Effect.succeed })),
      Effect.timeout(readyWithin),
    )
    const millis = (yield* Clock.currentTimeMillis) - startMillis
    yield* child.kill("SIGINT").pipe(Effect.timeout(endWithin), Effect.ignore)
    return millis
  }).pipe(
    Effect.scoped,
    Effect.mapError((error) => new BenchmarkError({ message: `${name} was not ready: ${error}` })),
  )

const parley = (name: string, dataFolder: string) =>
  timeToReady(name, ["src/main.ts", "dev", "--port", "0", "--data", dataFolder], (line) => /http:\/\/\S+/.test(line))
const script = (name: string, code: string) => timeToReady(name, ["--eval", code], (line) => line.startsWith("READY"))

const measure = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const found = {
    first: Array.of<number>(),
    second: Array.of<number>(),
    agents: Array.of<number>(),
    bare: Array.of<number>(),
  }
  for (let run = 0; run < runs; run++) {
    const data = yield* files.makeTempDirectoryScoped({ prefix: "parley-bench-" })
    found.first.push(yield* parley("parley dev, first start", data))
    found.agents.push(yield* script("livekit agents", peer))
    found.second.push(yield* parley("parley dev, second start", data))
    found.bare.push(yield* script("a bare server", floor))
  }
  return found
})

const reportOf = (found: Effect.Effect.Success<typeof measure>): Report => {
  const row = (name: string, values: ReadonlyArray<number>) => [
    name,
    String(values.length),
    decimals(percentile(values, 0.5), 0),
    decimals(maximum(values), 0),
    ratio(percentile(found.agents, 0.5), percentile(values, 0.5)),
    ratio(percentile(found.bare, 0.5), percentile(values, 0.5)),
  ]
  return {
    name: "start",
    tables: [
      {
        title: "Time to ready, in milliseconds",
        columns: ["", "runs", "p50", "max", "livekit/this", "bare/this"],
        rows: [
          row("parley dev, first start", found.first),
          row("parley dev, second start", found.second),
          row("@livekit/agents, import", found.agents),
          row("Bun.serve alone", found.bare),
        ],
      },
    ],
    goals: [
      { name: "parley dev, second start, slowest", measured: maximum(found.second), atMost: goalMillis, unit: "ms" },
    ],
    notes: ["A first start initialises the database; the speech engines load in the background in both."],
  }
}

export const start: Benchmark = {
  name: "start",
  about: [
    `From the start of the process to the line that says it is ready, ${runs} times, the commands taking turns.`,
    "parley dev: with an empty data folder (first) and again with the same one (second): database, migrations, HTTP server, page, voice socket.",
    "@livekit/agents: importing it and making its worker's options; it serves nothing yet, connects to nothing and has no database. Bun.serve alone: the floor.",
  ],
  seconds: () => runs * secondsARun,
  run: () =>
    Effect.map(
      Effect.mapError(measure, (error) => new BenchmarkError({ message: error.message })),
      reportOf,
    ),
}
