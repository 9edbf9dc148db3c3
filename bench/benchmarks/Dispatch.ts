import { Effect } from "effect"
import type { Benchmark } from "../Benchmark.ts"
import * as People from "../livekit/People.ts"
import { type Side, sides, start } from "../livekit/Sides.ts"
import * as Stage from "../livekit/Stage.ts"
import { decimals, ratio, type Report } from "../report/Report.ts"
import { percentile } from "../report/Statistics.ts"

const compared: ReadonlyArray<Side> = [sides.queue, sides.liveKitDoor, sides.bun, sides.node, sides.python]
const oneByOne = 20
const gapMillis = 1_500
const burst = 10
const burstRepeats = 2
const burstGapMillis = 8_000
const withinSeconds = 240

interface Measured {
  readonly side: Side
  readonly seen: ReadonlyArray<number>
  readonly track: ReadonlyArray<number>
  readonly burstSeen: ReadonlyArray<number>
  readonly burstServed: number
}

const measure = (stage: Stage.Stage) => (side: Side, index: number) =>
  Effect.gen(function* () {
    const running = yield* start(side, stage, 57_800 + index)
    const single = yield* People.run(stage, running, { _tag: "OneByOne", rooms: oneByOne, gapMillis }, withinSeconds)
    const many = yield* People.run(
      stage,
      running,
      { _tag: "Burst", rooms: burst, repeats: burstRepeats, gapMillis: burstGapMillis },
      withinSeconds,
    )
    const came = single.filter((event) => event._tag === "Came")
    const cameAtOnce = many.filter((event) => event._tag === "Came")
    const numbers = (values: ReadonlyArray<number | null>) => values.filter((value) => value !== null)
    const measured: Measured = {
      side,
      seen: numbers(came.map(({ seen }) => seen)),
      track: numbers(came.map(({ track }) => track)),
      burstSeen: numbers(cameAtOnce.map(({ seen }) => seen)),
      burstServed: cameAtOnce.filter(({ track }) => track !== null).length,
    }
    return measured
  }).pipe(Effect.scoped)

const row =
  (best: Measured | undefined) =>
  ({ burstSeen, burstServed, seen, side, track }: Measured) => [
    side.name,
    `${seen.length} of ${oneByOne}`,
    decimals(percentile(seen, 0.5), 0),
    decimals(percentile(seen, 0.95), 0),
    decimals(percentile(track, 0.5), 0),
    decimals(percentile(burstSeen, 0.5), 0),
    decimals(percentile(burstSeen, 0.95), 0),
    `${burstServed} of ${burst * burstRepeats}`,
    side.isOurs || best === undefined ? "" : ratio(percentile(seen, 0.5), percentile(best.seen, 0.5)),
    side.isOurs || best === undefined ? "" : ratio(percentile(burstSeen, 0.5), percentile(best.burstSeen, 0.5)),
  ]

const goalsOf = ({ burstSeen, seen, side }: Measured) => {
  const bounds = side === sides.queue ? [150, 250, 400, 600] : [330, 400]
  const figures = [
    percentile(seen, 0.5),
    percentile(seen, 0.95),
    percentile(burstSeen, 0.5),
    percentile(burstSeen, 0.95),
  ]
  const names = ["one by one, p50", "one by one, p95", "burst, p50", "burst, p95"]
  return bounds.map((atMost, index) => ({
    name: `${side.name}: ${names[index] ?? ""}`,
    measured: figures[index] ?? Number.NaN,
    atMost,
    unit: "ms",
  }))
}

const reportOf = (all: ReadonlyArray<Measured>): Report => {
  const best = all.find(({ side }) => side === sides.queue)
  return {
    name: "dispatch",
    tables: [
      {
        title: "From asking for an assistant until the person's client sees it, in milliseconds",
        columns: ["side", "came", "p50", "p95", "track p50", "burst p50", "burst p95", "served", "to queue", "burst"],
        rows: all.map(row(best)),
      },
    ],
    goals: all.filter(({ side }) => side.isOurs).flatMap(goalsOf),
    notes: [
      "`to queue` and `burst`: how many times as long as our queue takes, at p50.",
      `One after another: ${oneByOne} rooms; a burst: ${burst} rooms at once, ${burstRepeats} times. Nobody came within 30 s: not served.`,
    ],
  }
}

export const dispatch: Benchmark = {
  name: "dispatch",
  about: [
    "How soon an assistant is in a person's room, on a real livekit-server: our queue, LiveKit's dispatch, and LiveKit's own agents (JS on Bun and Node, Python).",
    "Counted: from just before the call (DispatchQueue.enqueue on Redis, or CreateDispatch) to the event at the person's client, who is in the room already.",
    "Every side serves with its own defaults, but that the peers' CPU load counts as 0 and Python admits all: else they turn work away.",
    "Same server, same program of the people, same scripted and instant recogniser, model and voice. A worker of ours holds all rooms in one process; the peers start a process a room.",
  ],
  seconds: () => compared.length * (20 + oneByOne * 2.5 + burstRepeats * 25),
  run: () =>
    Effect.gen(function* () {
      const stage = yield* Stage.open
      return reportOf(yield* Effect.forEach(compared, measure(stage)))
    }),
}
