import { Duration } from "effect"

/** Every bound of a person's socket. */
export interface WebSocketPolicy {
  /** How long a conversation waits for a lost connection. */
  readonly grace: Duration.Duration
  /** How long the engine may take to finish once the person has left. */
  readonly windUp: Duration.Duration
  /** The voice is sent at most this far ahead of what was heard, plus the round trip that the acknowledgements show. */
  readonly aheadMillisMax: number
  readonly roundTripMillisMax: number
  /** Between two acknowledgements the voice is taken to play on, for at most this long: twice their interval. */
  readonly unacknowledgedMillisMax: number
  /** A page silent for this long is in the background: from here on the voice is taken to play in real time. */
  readonly stallMillis: number
  readonly frameMillisMin: number
  readonly frameMillisMax: number
  /** Audio that waits for the engine; the oldest is dropped beyond it. */
  readonly inputMillisMax: number
  /** Texts and interruptions that wait for the engine; more is a flood. */
  readonly inputEventsMax: number
  /** Events that are kept for a page that is away, or does not keep up. */
  readonly eventsMax: number
  /** So much audio may come at once on a new connection. */
  readonly inputBurstMillisMax: number
  /** Audio may come this many times faster than it is spoken. */
  readonly inputSpeedMax: number
  /** So much audio may come at once when none came for as long: everything that was on its way when the network stalled. */
  readonly catchUpMillisMax: number
  readonly messagesPerSecondMax: number
  /** With this many bad messages a connection is closed. */
  readonly badMessagesMax: number
}

export const defaultPolicy: WebSocketPolicy = {
  grace: Duration.seconds(30),
  windUp: Duration.seconds(10),
  aheadMillisMax: 200,
  roundTripMillisMax: 400,
  unacknowledgedMillisMax: 100,
  stallMillis: 1_000,
  frameMillisMin: 10,
  frameMillisMax: 100,
  inputMillisMax: 2_000,
  inputEventsMax: 64,
  eventsMax: 256,
  inputBurstMillisMax: 6_000,
  inputSpeedMax: 3,
  catchUpMillisMax: 30_000,
  messagesPerSecondMax: 50,
  badMessagesMax: 5,
}
