import { Effect } from "effect"
import type { Benchmark, BenchmarkOptions } from "../Benchmark.ts"
import * as Child from "../load/Child.ts"
import type { LoadPlan } from "../load/LoadPlan.ts"
import { decimals, ratio, type Report } from "../report/Report.ts"
import { maximum, percentile } from "../report/Statistics.ts"

/** Twenty and sixty sessions have a turn every 4 s; one alone has one every second, so that there is something to count. */
const sizes = [
  { sessions: 1, warmUpSessions: 0, name: "1, fresh process", periodMillis: 1_000 },
  { sessions: 1, warmUpSessions: 20, name: "1", periodMillis: 1_000, goalMillis: 3, goalShare: 0.5 },
  { sessions: 20, warmUpSessions: 0, name: "20", periodMillis: 4_000 },
  { sessions: 60, warmUpSessions: 0, name: "60", periodMillis: 4_000, goalMillis: 10, goalShare: 0.95 },
] as const
const variants = [
  { side: "parley", speculative: false, name: "parley" },
  { side: "agent-session", speculative: false, name: "agent-session" },
  { side: "parley", speculative: true, name: "parley, speculative" },
  { side: "agent-session", speculative: true, name: "agent-session, preemptive" },
] as const
const warmUpSeconds = 8
/** Starting a process and opening its sessions. */
const startSeconds = 3

interface Measured {
  readonly size: (typeof sizes)[number]
  readonly variant: (typeof variants)[number]
  readonly latencies: ReadonlyArray<number>
  readonly unanswered: number
  readonly cores: ReadonlyArray<number>
}

const planOf = (
  size: (typeof sizes)[number],
  variant: (typeof variants)[number],
  { runSeconds }: BenchmarkOptions,
): LoadPlan => ({
  side: variant.side,
  sessions: size.sessions,
  warmUpSessions: size.warmUpSessions,
  periodMillis: size.periodMillis,
  speculative: variant.speculative,
  warmUpSeconds,
  seconds: runSeconds,
  memoryEverySeconds: 0,
})

/** The sides take turns, so that a busy minute of the machine meets all of them. */
const measure = (options: BenchmarkOptions, size: (typeof sizes)[number]) =>
  Effect.gen(function* () {
    const found = variants.map((variant) => ({ variant, runs: Array.of<Child.LoadRun>() }))
    for (let round = 0; round < options.rounds; round++) {
      for (const { runs, variant } of found) runs.push(yield* Child.run(planOf(size, variant, options)))
    }
    return found.map(({ runs, variant }): Measured => ({
      size,
      variant,
      latencies: runs.flatMap(({ result }) => result.latencies),
      unanswered: runs.reduce((sum, { result }) => sum + result.unanswered, 0),
      cores: runs.map(({ result }) => result.cores),
    }))
  })

const peerOf = (all: ReadonlyArray<Measured>, { size, variant }: Measured) =>
  all.find(
    (other) =>
      other.size === size && other.variant.side !== variant.side && other.variant.speculative === variant.speculative,
  )

const row = (all: ReadonlyArray<Measured>) => (measured: Measured) => {
  const { cores, latencies, size, unanswered, variant } = measured
  const peer = variant.side === "parley" ? peerOf(all, measured) : undefined
  const compared = (p: number) =>
    peer === undefined ? "" : ratio(percentile(peer.latencies, p), percentile(latencies, p))
  return [
    `${size.name}: ${variant.name}`,
    String(latencies.length),
    decimals(percentile(latencies, 0.5), 2),
    decimals(percentile(latencies, 0.95), 2),
    decimals(maximum(latencies), 1),
    String(unanswered),
    decimals(maximum(cores), 2),
    compared(0.5),
    compared(0.95),
  ]
}

const reportOf = (all: ReadonlyArray<Measured>): Report => ({
  name: "turn-overhead",
  tables: [
    {
      title: "Final transcript to the first frame of the answer, in milliseconds",
      columns: ["sessions", "turns", "p50", "p95", "max", "unanswered", "cores", "peer/ours p50", "p95"],
      rows: all.map(row(all)),
    },
  ],
  goals: sizes.flatMap((size) => {
    if (!("goalMillis" in size)) return []
    const ours = all.filter((measured) => measured.size === size && measured.variant.side === "parley")
    return ours.map(({ latencies, variant }) => ({
      name: `${size.name}: ${variant.name}, p${size.goalShare * 100}`,
      measured: percentile(latencies, size.goalShare),
      atMost: size.goalMillis,
      unit: "ms",
    }))
  }),
  notes: [
    "The first minutes of a process are slower on both sides: code is compiled when it has run often. All but `fresh process` begin warm.",
    "A ratio above 1 means that the peer took longer.",
    "A busy machine lengthens both sides: compare within one run, and figures only of a quiet machine.",
  ],
})

export const turnOverhead: Benchmark = {
  name: "turn-overhead",
  about: [
    "How long the engine itself takes from a person's last word to the first frame of the answer, with 1, 20 and 60 sessions in one process.",
    "Recogniser, model and voice are scripted and instant on both sides, and neither waits for more words (endpointing delay 0).",
    "Counted: from the moment at which the scripted recogniser hands over its final transcript to the moment at which the first frame is handed to the transport (parley) or to captureFrame of the audio output (agent-session).",
    "Both sides hear the same 20 ms frames all the time, and play the answer in real time to a listener 200 ms ahead.",
    "parley includes: voice activity detection of every frame, segmenting, turn detection, context, sentence splitting, heard-text accounting, dead-air watchdog, hooks with a hook that stores, page events.",
    "agent-session (@livekit/agents 1.9.0, no room) includes: its speech events, end-of-turn task, chat context, its own nodes' streams. It has no detector (vad: null; turn detection by the recogniser), no hooks and no transcript output.",
  ],
  seconds: ({ rounds, runSeconds }) =>
    sizes.reduce(
      (sum, { warmUpSessions }) =>
        sum + runSeconds + startSeconds + (warmUpSessions > 0 ? 2 * warmUpSeconds : warmUpSeconds),
      0,
    ) *
    variants.length *
    rounds,
  run: (options) =>
    Effect.map(
      Effect.forEach(sizes, (size) => measure(options, size)),
      (found) => reportOf(found.flat()),
    ),
}
