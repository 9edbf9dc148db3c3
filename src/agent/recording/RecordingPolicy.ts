import { Duration } from "effect"

/** Of both voices. What a person's side sends needs no conversion. */
export const recordingSampleRate = 16_000
export const samplesPerMilli = recordingSampleRate / 1_000
/** 100 ms: as much as is encoded at once. */
export const blockSamples = 1_600

/** Every bound of a recording. */
export interface RecordingPolicy {
  /** How often what has become final is encoded. */
  readonly tick: Duration.Duration
  /** Nothing newer than this is final: audio that a network held up still finds the place where it belongs. */
  readonly holdMillis: number
  /** Audio of a person that comes so much late is late by the network; later, and nothing came because nothing was sent. */
  readonly jitterMillisMax: number
  /** The same for the voice, which pauses only where nothing was written. */
  readonly stallMillisMax: number
  /** A person's track that is ahead of the time by this leaves quiet out until it is not. */
  readonly aheadMillisQuiet: number
  /** Ahead by this, it leaves anything out. */
  readonly aheadMillisMax: number
  /** Encoded and not yet written to the store: written together. */
  readonly writeBytes: number
  /** The recording is given up when one call of the store takes longer, or when so much audio of a voice waits for it. */
  readonly storeWithin: Duration.Duration
  readonly heldMillisMax: number
  /** How long the end of a conversation waits for its recording. */
  readonly finishWithin: Duration.Duration
  /** What comes after is not recorded. */
  readonly lengthMax: Duration.Duration
}

export const defaultPolicy: RecordingPolicy = {
  tick: Duration.millis(200),
  holdMillis: 3_000,
  jitterMillisMax: 200,
  stallMillisMax: 400,
  aheadMillisQuiet: 100,
  aheadMillisMax: 30_000,
  writeBytes: 16 * 1_024,
  storeWithin: Duration.seconds(20),
  heldMillisMax: 60_000,
  finishWithin: Duration.seconds(10),
  lengthMax: Duration.hours(4),
}
