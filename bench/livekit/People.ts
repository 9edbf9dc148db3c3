import type { CommandExecutor } from "@effect/platform"
import type { Effect } from "effect"
import type { BenchmarkError } from "../Benchmark.ts"
import * as ChildProcess from "../ChildProcess.ts"
import { PeopleEvent, type PeoplePlan } from "./PeoplePlan.ts"
import type { Running } from "./Sides.ts"
import type { Stage } from "./Stage.ts"

/** What each person says in each turn: a recording of a man, 1.1 s without a gap. */
export const clip = "/usr/share/pocketsphinx/test/data/cards/003.wav"

/** People in a process of their own, the same for every side. */
export const run = (
  stage: Stage,
  running: Running,
  does: PeoplePlan["does"],
  withinSeconds: number,
): Effect.Effect<ReadonlyArray<PeopleEvent>, BenchmarkError, CommandExecutor.CommandExecutor> => {
  const plan: PeoplePlan = {
    server: stage.server,
    serverPid: stage.serverPid,
    ask: running.ask,
    workerPid: running.pid,
    marksFile: running.marksFile,
    clip,
    does,
  }
  return ChildProcess.run({
    name: `people (${does._tag})`,
    program: new URL("people/main.ts", import.meta.url).pathname,
    plan,
    event: PeopleEvent,
    within: withinSeconds * 1_000,
  })
}
