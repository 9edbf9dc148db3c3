import { Duration } from "effect"

/** Every bound of watching for dispatches that LiveKit has dropped. */
export interface WatchPolicy {
  readonly lookEvery: Duration.Duration
  /** A look that takes longer is given up; the next one goes on. */
  readonly lookWithin: Duration.Duration
  /** LiveKit and its workers have this long to bring an assistant: for offer, assignment and lease. */
  readonly grace: Duration.Duration
  /** Rooms that are looked into at each look, two calls each; those that were not for the longest time come first. */
  readonly roomsMax: number
  readonly callsAtOnce: number
  /** A room in which nothing is missing is left alone for so long. */
  readonly settledFor: Duration.Duration
  /** A dispatch that has its assistant, or waits in the queue, is believed to for so long. */
  readonly attendedFor: Duration.Duration
}

export const defaultPolicy: WatchPolicy = {
  lookEvery: Duration.seconds(1),
  lookWithin: Duration.seconds(10),
  grace: Duration.millis(1_500),
  roomsMax: 50,
  callsAtOnce: 4,
  settledFor: Duration.seconds(3),
  attendedFor: Duration.seconds(10),
}
