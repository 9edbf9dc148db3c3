import { Clock, Effect } from "effect"
import type { LoadPlan } from "./LoadPlan.ts"
import { frameMillis, inputRate, speechMillis } from "./Script.ts"

/** One conversation under load. */
export interface Session {
  readonly hear: (samples: Int16Array) => void
}

/** Microphones are not in step: within the time of a frame, the sessions get theirs in this many groups. */
const groups = 4

const frameSamples = (inputRate * frameMillis) / 1_000
const loud = new Int16Array(frameSamples).fill(1_000)
const still = new Int16Array(frameSamples)

/** Speaks into all sessions in real time until it is interrupted. A process that lags gets all frames, late. */
export const speak = (sessions: ReadonlyArray<Session>, plan: LoadPlan) =>
  Effect.gen(function* () {
    const startMillis = yield* Clock.currentTimeMillis
    const tickMillis = frameMillis / groups
    for (let tick = 0; ; tick++) {
      const wait = startMillis + tick * tickMillis - (yield* Clock.currentTimeMillis)
      if (wait > 0) yield* Effect.sleep(wait)
      for (let index = tick % groups; index < sessions.length; index += groups) {
        const offset = Math.round((index * plan.periodMillis) / sessions.length)
        const inTurn = (tick * tickMillis + plan.periodMillis - offset) % plan.periodMillis
        sessions[index]?.hear(inTurn < speechMillis ? loud : still)
      }
    }
  })
