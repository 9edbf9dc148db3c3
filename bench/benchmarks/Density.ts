import { Effect } from "effect"
import type { Benchmark, BenchmarkOptions } from "../Benchmark.ts"
import * as People from "../livekit/People.ts"
import type { PeopleEvent } from "../livekit/PeoplePlan.ts"
import { type Side, sides, start } from "../livekit/Sides.ts"
import * as Stage from "../livekit/Stage.ts"
import { decimals, ratio, type Report } from "../report/Report.ts"
import { percentile } from "../report/Statistics.ts"

type Lived = Extract<PeopleEvent, { readonly _tag: "Lived" }>
type Idle = Extract<PeopleEvent, { readonly _tag: "Idle" }>

/** The peers fill two cores with 10 rooms. */
const peers = { counts: [5, 10], side: [sides.bun, sides.node, sides.python] } as const
const ours = { counts: [5, 10, 20], side: [sides.queue] } as const
const settleSeconds = 8

interface Measured {
  readonly side: Side
  readonly idle: Idle | undefined
  readonly lived: ReadonlyArray<Lived>
}

const measure =
  (stage: Stage.Stage, { runSeconds }: BenchmarkOptions) =>
  (side: Side, index: number) =>
    Effect.gen(function* () {
      const running = yield* start(side, stage, 57_850 + index)
      const { counts } = side.isOurs ? ours : peers
      const does = { _tag: "Rooms", counts, settleSeconds, windowSeconds: runSeconds } as const
      const events = yield* People.run(stage, running, does, 120 + counts.length * (settleSeconds + runSeconds + 30))
      const measured: Measured = {
        side,
        idle: events.find((event) => event._tag === "Idle"),
        lived: events.filter((event) => event._tag === "Lived"),
      }
      return measured
    }).pipe(Effect.scoped)

const perRoom = ({ idle }: Measured, { cores, pssMegabytes, rooms }: Lived) => ({
  megabytes: (pssMegabytes - (idle?.pssMegabytes ?? Number.NaN)) / rooms,
  cores: (cores - (idle?.cores ?? Number.NaN)) / rooms,
})

const costRows = (all: ReadonlyArray<Measured>) =>
  all.flatMap((measured) =>
    measured.lived.map((lived) => {
      const room = perRoom(measured, lived)
      return [
        `${measured.side.name}: ${lived.rooms}`,
        decimals(measured.idle?.pssMegabytes ?? Number.NaN, 0),
        decimals(room.megabytes, 1),
        decimals(room.cores, 4),
        decimals(lived.serverCores / lived.rooms, 4),
        decimals(lived.peopleCores, 2),
        decimals(lived.otherCores, 2),
      ]
    }),
  )

const turnRows = (all: ReadonlyArray<Measured>) => {
  const our = all.find(({ side }) => side.isOurs)
  return all.flatMap(({ lived, side }) =>
    lived.map(({ finalToFrame, finalToPerson, missed, rooms, starvedMillis, turns }) => {
      const same = our?.lived.find((other) => other.rooms === rooms)
      const compared = (p: number) =>
        side.isOurs || same === undefined ? "" : ratio(percentile(finalToFrame, p), percentile(same.finalToFrame, p))
      return [
        `${side.name}: ${rooms}`,
        `${turns}`,
        `${missed}`,
        decimals(percentile(finalToFrame, 0.5)),
        decimals(percentile(finalToFrame, 0.95)),
        decimals(percentile(finalToPerson, 0.5), 0),
        decimals(percentile(finalToPerson, 0.95), 0),
        decimals(starvedMillis, 0),
        compared(0.5),
        compared(0.95),
      ]
    }),
  )
}

const goalsOf = (measured: Measured) => {
  const { idle, lived, side } = measured
  const five = lived.find(({ rooms }) => rooms === 5)
  const least = lived.slice(1).map((each) => ({ rooms: each.rooms, ...perRoom(measured, each) }))
  return [
    {
      name: `${side.name}: before the first room`,
      measured: idle?.pssMegabytes ?? Number.NaN,
      atMost: 150,
      unit: "MB",
    },
    ...least.flatMap(({ cores, megabytes, rooms }) => [
      { name: `${side.name}: a room of ${rooms}, memory`, measured: megabytes, atMost: 8, unit: "MB" },
      { name: `${side.name}: a room of ${rooms}, CPU`, measured: cores, atMost: 0.025, unit: "core" },
    ]),
    { name: `${side.name}: 5 rooms, p50`, measured: percentile(five?.finalToFrame ?? [], 0.5), atMost: 5, unit: "ms" },
    {
      name: `${side.name}: 5 rooms, p95`,
      measured: percentile(five?.finalToFrame ?? [], 0.95),
      atMost: 15,
      unit: "ms",
    },
  ]
}

const reportOf = (all: ReadonlyArray<Measured>): Report => ({
  name: "density",
  tables: [
    {
      title: "What a live room costs, by how many there are",
      columns: ["side: rooms", "idle MB", "MB a room", "cores a room", "server's", "people", "others"],
      rows: costRows(all),
    },
    {
      title: "Final transcript to the first frame of the answer, and to the person's ear, in milliseconds",
      columns: ["side: rooms", "turns", "missed", "p50", "p95", "ear p50", "ear p95", "starved", "to ours p50", "p95"],
      rows: turnRows(all),
    },
  ],
  goals: all.filter(({ side }) => side.isOurs).flatMap(goalsOf),
  notes: [
    "Memory is the proportional set size of the worker with all its children; a room's is what they have more than before the first one, shared by the rooms. Before the first room the peers hold their warm processes.",
    "CPU over idling. `others`: what the machine did besides; compare rows only where it is small. `starved`: the people's own program was late by so much.",
    "Both have their voice activity detector on: Silero, each its own.",
  ],
})

export const density: Benchmark = {
  name: "density",
  about: [
    "What a live room costs in memory and CPU, and how soon it answers, on a real livekit-server with 5, 10 and (ours) 20 people, each saying something every 5 s.",
    "Counted: memory (PSS) and CPU of the worker and its children; from the recogniser's final transcript to the first frame that is handed to WebRTC, both in the worker; and to the first loud frame at the person's.",
    "Same server, same program of the people, same recording, same scripted and instant recogniser, model and voice; endpointing waits for nothing on any side.",
  ],
  seconds: ({ runSeconds }) =>
    ours.side.length * (60 + ours.counts.length * (settleSeconds + runSeconds + 6)) +
    peers.side.length * (60 + peers.counts.length * (settleSeconds + runSeconds + 6)),
  run: (options) =>
    Effect.gen(function* () {
      const stage = yield* Stage.open
      return reportOf(yield* Effect.forEach([...ours.side, ...peers.side], measure(stage, options)))
    }),
}
