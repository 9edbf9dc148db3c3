import { Duration } from "effect"

/** Every bound of the supervisor of `parley agent --processes N`. */
export interface ProcessPolicy {
  /** How often a process reports; its supervisor looks as often. */
  readonly reportEvery: Duration.Duration
  /** From its start until a process must have reported for the first time. */
  readonly startWithin: Duration.Duration
  /** A process that is silent for this long is frozen and is killed. */
  readonly silentMax: Duration.Duration
  /** The wait before the first restart; doubled with each that follows. */
  readonly restartMin: Duration.Duration
  readonly restartMax: Duration.Duration
  /** A process that lived this long did well: its restart waits for the least again. */
  readonly restartForgottenAfter: Duration.Duration
  /** So many starts of a place in a row without a report, while no process has ever reported, and the supervisor gives up. */
  readonly startsFailedMax: number
  /** A process that has had so many conversations is replaced. */
  readonly conversationsMax: number
  /** One whose resident memory is beyond this is replaced. */
  readonly rssBytesMax: number
  /** How long the conversations of a process that is replaced may go on. */
  readonly retireWithin: Duration.Duration
  /** How long giving back what a dead process held may take. */
  readonly releaseWithin: Duration.Duration
  /** How long conversations may go on in a drain whose bound is not said: as long as in a process by itself. */
  readonly drainWithin: Duration.Duration
  /** What processes may take beyond that for goodbyes and for ending; then they are forced. */
  readonly endWithin: Duration.Duration
  /** How long they may take once they are forced to end. */
  readonly forceWithin: Duration.Duration
}

export const defaultPolicy: ProcessPolicy = {
  reportEvery: Duration.seconds(1),
  startWithin: Duration.seconds(60),
  silentMax: Duration.seconds(10),
  restartMin: Duration.millis(500),
  restartMax: Duration.seconds(30),
  restartForgottenAfter: Duration.minutes(1),
  startsFailedMax: 5,
  conversationsMax: 5_000,
  rssBytesMax: 2 * 1_024 ** 3,
  retireWithin: Duration.hours(4),
  releaseWithin: Duration.seconds(30),
  drainWithin: Duration.minutes(10),
  endWithin: Duration.minutes(1),
  forceWithin: Duration.seconds(15),
}
