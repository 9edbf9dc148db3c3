import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import { type Benchmark, BenchmarkError } from "../Benchmark.ts"
import * as ChildProcess from "../ChildProcess.ts"
import { decimals, ratio, type Report } from "../report/Report.ts"
import { maximum, percentile } from "../report/Statistics.ts"
import { SpeechResult, type SpeechSide, type Stages } from "../speech/SpeechResult.ts"

const sides: ReadonlyArray<SpeechSide> = ["parley", "agent-session"]
const program = new URL("../speech/main.ts", import.meta.url).pathname
/** Twelve recordings with their answers, and the engines' loading. */
const roundSeconds = 75
const warmUpClips = 1
const goals = [
  { share: 0.5, millis: 800 },
  { share: 0.95, millis: 1_500 },
]

const runSide = (side: SpeechSide, cacheDir: string) =>
  ChildProcess.run({
    name: `${side} with recorded speech`,
    program,
    plan: { side, cacheDir, warmUpClips },
    event: SpeechResult,
    within: roundSeconds * 5_000,
  }).pipe(
    Effect.flatMap(([result]) =>
      result === undefined ? new BenchmarkError({ message: `${side} ended early` }) : Effect.succeed(result),
    ),
  )

type Found = ReadonlyArray<SpeechResult>

const fair = (found: Found) => found.flatMap(({ recited }) => recited).filter(({ cutIn }) => !cutIn)
const latencies = (found: Found) => fair(found).flatMap(({ millis }) => (millis === null ? [] : [millis]))

const sideRow = (side: SpeechSide, found: Found) => {
  const all = found.flatMap(({ recited }) => recited)
  const millis = latencies(found)
  return [
    side,
    String(millis.length),
    decimals(percentile(millis, 0.5), 0),
    decimals(percentile(millis, 0.95), 0),
    decimals(maximum(millis), 0),
    String(all.filter(({ cutIn }) => cutIn).length),
    String(all.filter((one) => !one.cutIn && one.millis === null).length),
  ]
}

const stageNames: ReadonlyArray<readonly [keyof Stages, string]> = [
  ["transcript", "final transcript"],
  ["endpoint", "endpoint decided"],
  ["firstToken", "model's first token"],
  ["sentence", "first sentence"],
  ["voice", "voice's first audio"],
  ["playout", "first frame played"],
]

const stageRows = (found: Found) => {
  const answered = fair(found).filter(({ millis }) => millis !== null)
  const row = (name: string, values: ReadonlyArray<number>) => [
    name,
    decimals(percentile(values, 0.5), 0),
    decimals(percentile(values, 0.95), 0),
  ]
  return [
    ...stageNames.map(([stage, name]) =>
      row(
        name,
        answered.flatMap(({ stages }) => stages?.[stage] ?? []),
      ),
    ),
    row("first audible sample", latencies(found)),
  ]
}

const clipRows = (ours: Found, theirs: Found) => {
  const of = (found: Found, clip: string) =>
    found
      .flatMap(({ recited }) => recited.filter((one) => one.clip === clip))
      .map(({ cutIn, millis }) => (cutIn ? "cut in" : decimals(millis ?? Number.NaN, 0)))
      .join(" ")
  return (ours[0]?.recited ?? []).map(({ clip }) => [clip, of(ours, clip), of(theirs, clip)])
}

const reportOf = (ours: Found, theirs: Found): Report => ({
  name: "mouth-to-ear",
  tables: [
    {
      title: `End of speech to the first audible sample of the answer, in milliseconds; spoken by ${ours[0]?.origin}`,
      columns: ["side", "answers", "p50", "p95", "max", "cut in", "unanswered"],
      rows: [
        sideRow("parley", ours),
        sideRow("agent-session", theirs),
        [
          "peer/ours",
          "",
          ...[0.5, 0.95].map((share) =>
            ratio(percentile(latencies(theirs), share), percentile(latencies(ours), share)),
          ),
          "",
          "",
          "",
        ],
      ],
    },
    {
      title: "When parley reached each stage, in milliseconds after the end of speech",
      columns: ["stage", "p50", "p95"],
      rows: stageRows(ours),
    },
    {
      title: "By recording, one figure a round",
      columns: ["recording", "parley", "agent-session"],
      rows: clipRows(ours, theirs),
    },
  ],
  goals: goals.map(({ millis, share }) => ({
    name: `parley, p${share * 100}`,
    measured: percentile(latencies(ours), share),
    atMost: millis,
    unit: "ms",
  })),
  notes: [
    "A turn that sounds unfinished is waited for up to the endpointing maximum: many recordings of people end in mid-sentence.",
    "cut in: the answer began before the recording's last sound; not counted in the percentiles.",
    "Outside of LiveKit's worker process the peer's end-of-turn model is not available; it says so, and takes every pause for the end, at its minimum delay.",
  ],
})

export const mouthToEar: Benchmark = {
  name: "mouth-to-ear",
  about: [
    "From the last sound of recorded speech (the last 10 ms block within 20 dB of the loudest) to the first audible sample of the answer (1 % of full scale), in real time, endpointing included.",
    "parley: Silero, Moonshine, the rules model and Flite as embedded in `parley dev`, default settings; network and sound card are not part of it.",
    "agent-session (@livekit/agents 1.9.0): the same Moonshine, rules model and Flite as its STT, LLM and TTS, with its own default detector (Silero), turn detection and endpointing.",
    "Each side runs all recordings in a process of its own, engines loaded and one recording said before.",
  ],
  seconds: ({ rounds }) => sides.length * rounds * roundSeconds,
  run: ({ rounds }) =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      const cacheDir = yield* files.makeTempDirectoryScoped({ prefix: "parley-bench-" })
      const ours: Array<SpeechResult> = []
      const theirs: Array<SpeechResult> = []
      for (let round = 0; round < rounds; round++) {
        ours.push(yield* runSide("parley", cacheDir))
        theirs.push(yield* runSide("agent-session", cacheDir))
      }
      return reportOf(ours, theirs)
    }).pipe(Effect.mapError((error) => new BenchmarkError({ message: error.message }))),
}
