import { Duration } from "effect"

/** Every bound of the door. */
export interface DoorPolicy {
  readonly openWithin: Duration.Duration
  readonly registerWithin: Duration.Duration
  /** Between two pings; what this worker can take is told again with each. */
  readonly pingEvery: Duration.Duration
  /** A server from which nothing was heard for so long is gone, whatever its socket says. */
  readonly silenceMax: Duration.Duration
  /** Bytes that may wait to be sent; a server that does not read is gone. */
  readonly outgoingBytesMax: number
  /** Messages of the server that may wait to be handled. */
  readonly incomingMax: number
  /** Between two attempts to register: from the first, growing, to the last. A part of it is chance. */
  readonly reconnectAfterMin: Duration.Duration
  readonly reconnectAfterMax: Duration.Duration
  /** A slot is kept this long for a job that was accepted; the server needs some 5 ms. */
  readonly assignedWithin: Duration.Duration
  /** An assistant may be called before the person has come; their slot is kept this long. */
  readonly personWithin: Duration.Duration
  /** Between two looks for the person: from the first, growing, to the last. */
  readonly personEveryMin: Duration.Duration
  readonly personEveryMax: Duration.Duration
  /** For finding or making the conversation, and for its lease, each. */
  readonly storeWithin: Duration.Duration
}

export const defaultPolicy: DoorPolicy = {
  openWithin: Duration.seconds(10),
  registerWithin: Duration.seconds(10),
  pingEvery: Duration.seconds(5),
  silenceMax: Duration.seconds(15),
  outgoingBytesMax: 1_000_000,
  incomingMax: 1_000,
  reconnectAfterMin: Duration.millis(200),
  reconnectAfterMax: Duration.seconds(10),
  assignedWithin: Duration.seconds(5),
  personWithin: Duration.seconds(20),
  personEveryMin: Duration.millis(100),
  personEveryMax: Duration.seconds(1),
  storeWithin: Duration.seconds(10),
}
