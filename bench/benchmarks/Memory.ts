import { Effect } from "effect"
import type { Benchmark } from "../Benchmark.ts"
import * as Child from "../load/Child.ts"
import type { LoadPlan, MemorySample } from "../load/LoadPlan.ts"
import { decimals, ratio, type Report } from "../report/Report.ts"
import { slope } from "../report/Statistics.ts"

const sessions = 20
const periodMillis = 4_000
const warmUpSeconds = 8
const startSeconds = 5
const sampleSeconds = 30
/** A sample takes 4 s. */
const lastSampleSeconds = 6
const goalMegabytes = 0.02
const megabyte = 1_000_000

type Kind = "rssBytes" | "heapBytes"
type Sides = Readonly<Record<LoadPlan["side"], ReadonlyArray<MemorySample>>>

/** Over the second half: what a process takes once, for code and caches, is no growth. */
const growth = (samples: ReadonlyArray<MemorySample>, kind: Kind): number => {
  const half = samples.slice(Math.floor(samples.length / 2))
  return slope(half.map((sample) => [sample.seconds / 60, sample[kind] / megabyte] as const)) / sessions
}

const measure = (side: LoadPlan["side"], minutes: number) =>
  Effect.map(
    Child.run({
      side,
      sessions,
      warmUpSessions: 0,
      periodMillis,
      speculative: true,
      warmUpSeconds,
      seconds: minutes * 60 + lastSampleSeconds,
      // Short runs are for trying out; they need points, too.
      memoryEverySeconds: Math.min(sampleSeconds, Math.max(lastSampleSeconds, minutes * 3)),
    }),
    ({ samples }) => samples,
  )

const last = (samples: ReadonlyArray<MemorySample>, kind: Kind) => (samples.at(-1)?.[kind] ?? Number.NaN) / megabyte

const reportOf = (sides: Sides): Report => {
  const ours = sides.parley
  const theirs = sides["agent-session"]
  const growthRow = (name: string, kind: Kind) => [
    name,
    decimals(growth(ours, kind), 4),
    decimals(growth(theirs, kind), 4),
    ratio(growth(theirs, kind), growth(ours, kind)),
    decimals(last(ours, kind)),
    decimals(last(theirs, kind)),
  ]
  const seconds = [...ours].map((sample, index) => [sample, theirs[index]] as const)
  return {
    name: "memory",
    tables: [
      {
        title: "Growth in MB a session and minute over the second half, and MB at the end",
        columns: ["", "parley", "agent-session", "peer/ours", "parley at end", "agent-session at end"],
        rows: [growthRow("heap", "heapBytes"), growthRow("rss", "rssBytes")],
      },
      {
        title: "MB after a forced garbage collection",
        columns: ["seconds", "parley heap", "rss", "turns", "agent-session heap", "rss", "turns"],
        rows: seconds.map(([sample, other]) => [
          decimals(sample.seconds, 0),
          ...[sample, other].flatMap((one) => [
            decimals((one?.heapBytes ?? Number.NaN) / megabyte),
            decimals((one?.rssBytes ?? Number.NaN) / megabyte),
            String(one?.turns ?? "-"),
          ]),
        ]),
      },
    ],
    goals: (["heapBytes", "rssBytes"] as const).map((kind) => ({
      name: `parley's growth of ${kind === "heapBytes" ? "heap" : "rss"}`,
      measured: growth(ours, kind),
      atMost: goalMegabytes,
      unit: "MB a session and minute",
    })),
    notes: ["A negative growth is a process that gave memory back; then there is no ratio."],
  }
}

export const memory: Benchmark = {
  name: "memory",
  about: [
    `What ${sessions} sessions in one process grow by, with a turn every ${periodMillis / 1_000} s, over the given minutes.`,
    "Both sides run at the same time, each in its own process, with the same scripted person, model and voice as in turn-overhead.",
    `Resident memory and heap every ${sampleSeconds} s after a forced garbage collection, resident memory as the least of 20 readings in 4 s; growth is the least-squares line through the second half.`,
    "The conversations' own context is bounded on our side (6,000 tokens) and is part of what is measured.",
  ],
  seconds: ({ minutes }) => minutes * 60 + warmUpSeconds + startSeconds,
  run: ({ minutes }) =>
    Effect.map(
      Effect.all(
        { parley: measure("parley", minutes), "agent-session": measure("agent-session", minutes) },
        { concurrency: "unbounded" },
      ),
      reportOf,
    ),
}
