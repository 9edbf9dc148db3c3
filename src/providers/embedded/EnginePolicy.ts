import { Duration, Schedule } from "effect"

/** Loading takes 1 s on an idle core; a machine that starts everything at once needs more. */
export const startDeadline = Duration.seconds(30)

/** How long a request waits for an engine that is starting, before its own deadline counts. */
export const readyDeadline = Duration.seconds(10)

/** 15 s of speech take 0.8 s; a recogniser that needs ten times that is stuck and is killed. */
export const decodeDeadline = Duration.seconds(8)

/** A window takes 0.2 ms, behind at most one conversion of 15 s of audio. */
export const detectDeadline = Duration.seconds(2)

/** A sentence takes 0.1 s, a long paragraph 1 s. */
export const speakDeadline = Duration.seconds(8)

/** How exactly the deadlines of requests are kept. */
export const sweepInterval = Duration.millis(250)

/** Requests waiting for one engine. At 0.2 s each, the last of them would be answered after 13 s: too late for a talk anyway. */
export const waitingMax = 64

/** The waiting places that partial decodes may take; the others are kept for finals. */
export const waitingPartialsMax = 16

/** Time to the next start of an engine that ended: 0.1 s, 0.2 s ... at most 5 s; from the beginning once it has run for 30 s. */
export const restartSchedule = Schedule.exponential("100 millis").pipe(
  Schedule.union(Schedule.spaced("5 seconds")),
  Schedule.resetAfter("30 seconds"),
)
