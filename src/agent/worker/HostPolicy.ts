import { Duration } from "effect"

/** Every bound of holding a conversation in a room. */
export interface HostPolicy {
  /** How long the store may be away before the conversation is given back. */
  readonly restoreWithin: Duration.Duration
  /** How long the store may take for one try. */
  readonly restoreAttempt: Duration.Duration
  /** What is remembered of an earlier worker's part: so many of the newest messages. */
  readonly messagesMax: number
  /** How long one try to join may take. */
  readonly joinAttempt: Duration.Duration
  /** How long it is tried to join before the conversation is given back: another machine may reach the room. */
  readonly joinWithin: Duration.Duration
  /** How long the search for participants of dead workers may take. */
  readonly evictWithin: Duration.Duration
  /** Claims of one job by this worker, counting those after a lost room. A conversation that cannot be begun by then is ended. */
  readonly claimsMax: number
  /** How soon a renewal is tried again when the queue did not answer. */
  readonly renewAgainAfter: Duration.Duration
  /** How long it may take to learn why a lease was lost; the assistant goes on meanwhile. */
  readonly placeWithin: Duration.Duration
  /** How long the engine may take from being told to end, with its hooks; more than it waits for them. Then it is left to itself. */
  readonly windUp: Duration.Duration
  /** How long completing or giving back may take, with repetitions. Beyond it the lease lapses. */
  readonly settleWithin: Duration.Duration
}

export const defaultPolicy: HostPolicy = {
  restoreWithin: Duration.seconds(60),
  restoreAttempt: Duration.seconds(5),
  messagesMax: 200,
  joinAttempt: Duration.seconds(10),
  joinWithin: Duration.seconds(20),
  evictWithin: Duration.seconds(10),
  claimsMax: 12,
  renewAgainAfter: Duration.seconds(1),
  placeWithin: Duration.millis(500),
  windUp: Duration.seconds(35),
  settleWithin: Duration.seconds(5),
}
