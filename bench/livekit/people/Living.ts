import { existsSync, readFileSync } from "node:fs"
import type { PeopleEvent, PeoplePlan } from "../PeoplePlan.ts"
import type { Asking } from "./Asking.ts"
import { join, now, type Person, type PersonOptions, turnMillis } from "./Person.ts"
import { cores, pssMegabytes, tree, usage } from "./Processes.ts"

/** What an agent notes: its transcript is final, and the first loud frame of its answer goes out. */
interface Mark {
  readonly what: "final" | "frame"
  readonly room: string
  readonly at: number
}

type Does = Extract<PeoplePlan["does"], { readonly _tag: "Rooms" }>

/** A stage that comes later belongs to no turn. */
const stageMillisMax = 3_000
const idleSeconds = 8
const betweenRoomsMillis = 500

const marksIn = (file: string): ReadonlyArray<Mark> =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line): Mark => JSON.parse(line))
    : []

const firstAfter = (times: ReadonlyArray<number>, at: number) =>
  times.find((time) => time >= at && time < at + stageMillisMax)

const turnsOf = (person: Person, marks: ReadonlyArray<Mark>, from: number, to: number) => {
  const at = (what: Mark["what"]) =>
    marks.filter((mark) => mark.room === person.room && mark.what === what).map((mark) => mark.at)
  const finals = at("final")
  const frames = at("frame")
  return person.ended
    .filter((end) => end >= from && end < to)
    .map((end) => {
      const final = firstAfter(finals, end)
      const heard = firstAfter(person.heard, end)
      const frame = final === undefined ? undefined : firstAfter(frames, final)
      return final === undefined || heard === undefined || frame === undefined
        ? undefined
        : { finalToFrame: frame - final, finalToPerson: heard - final }
    })
}

const watch = async (plan: PeoplePlan, does: Does, people: ReadonlyArray<Person>, starved: () => number) => {
  starved()
  const before = usage(plan.workerPid, plan.serverPid)
  const from = now()
  await Bun.sleep(does.windowSeconds * 1_000)
  const used = cores(before, usage(plan.workerPid, plan.serverPid))
  const marks = marksIn(plan.marksFile)
  const turns = people.flatMap((person) => turnsOf(person, marks, from, now() - stageMillisMax))
  const answered = turns.filter((turn) => turn !== undefined)
  return {
    _tag: "Lived",
    rooms: people.length,
    pssMegabytes: pssMegabytes(plan.workerPid),
    cores: used.worker,
    serverCores: used.server,
    peopleCores: used.people,
    otherCores: used.others,
    turns: turns.length,
    missed: turns.length - answered.length,
    finalToFrame: answered.map(({ finalToFrame }) => finalToFrame),
    finalToPerson: answered.map(({ finalToPerson }) => finalToPerson),
    starvedMillis: starved(),
  } satisfies PeopleEvent
}

export interface LivingOptions {
  readonly plan: PeoplePlan
  readonly does: Does
  readonly ask: Asking
  readonly tell: (event: PeopleEvent) => void
  readonly options: Omit<PersonOptions, "room">
  readonly name: string
}

/** Rooms that stay, more and more of them; each count is watched for a while. */
export const live = async ({ ask, does, name, options, plan, tell }: LivingOptions) => {
  const before = usage(plan.workerPid, plan.serverPid)
  await Bun.sleep(idleSeconds * 1_000)
  const idle = cores(before, usage(plan.workerPid, plan.serverPid))
  const processes = tree(plan.workerPid).length
  tell({ _tag: "Idle", pssMegabytes: pssMegabytes(plan.workerPid), processes, cores: idle.worker })
  const people: Array<Person> = []
  const most = Math.max(...does.counts)
  for (const count of does.counts) {
    while (people.length < count) {
      const phase = Math.floor((people.length * turnMillis) / 10 / most)
      const person = await join({ ...options, phase, room: `${name}-${people.length}` })
      people.push(person)
      await ask(person.room)
      await Bun.sleep(betweenRoomsMillis)
    }
    await Bun.sleep(does.settleSeconds * 1_000)
    tell(await watch(plan, does, people, options.pacer.takeStarved))
  }
  await Promise.all(people.map(({ leave }) => leave()))
}
