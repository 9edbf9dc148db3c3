import { Duration } from "effect"
import { defaultPolicy as webSocketPolicy } from "../WebSocketPolicy.ts"

/** Every bound of the assistant's place in a room. */
export interface LiveKitPolicy {
  readonly joinWithin: Duration.Duration
  /** What is still to be told when the assistant leaves is told for so long. */
  readonly flushWithin: Duration.Duration
  readonly leaveWithin: Duration.Duration
  /** How long a conversation waits for its person, at the beginning and whenever they are gone. */
  readonly grace: Duration.Duration
  /** One thing that is sent to the room. */
  readonly sendWithin: Duration.Duration
  /** Length of the frames that the engine is given. */
  readonly frameMillis: number
  /** The voice is taken in at most this far ahead of what was sent. */
  readonly aheadMillisMax: number
  /** Late frames of the voice that are sent at once, and how late the voice may become before it goes on from now instead. */
  readonly lateFramesMax: number
  readonly lateMillisMax: number
  /** Audio that waits for the engine; the oldest is dropped beyond it. */
  readonly inputMillisMax: number
  /** Texts and interruptions that wait for the engine; more are refused. */
  readonly inputEventsMax: number
  /** Events that are kept for a page that comes, or does not keep up. */
  readonly eventsMax: number
  /** An event larger than this goes as a text stream: a data packet holds about 15 KB. */
  readonly eventBytesMax: number
  /** Transcripts that wait to be sent, each at its newest. */
  readonly transcriptsMax: number
  /** A text stream of a person that is larger is not read. A text of `textLengthMax` characters fits at any spelling. */
  readonly textBytesMax: number
  /** After a microphone is gone, so much silence: what was being said is over. */
  readonly silenceMillis: number
  readonly floor: FloorPolicy
}

/** When another voice is listened to. Levels are root mean squares, 0 to 1. */
export interface FloorPolicy {
  readonly loud: number
  readonly quiet: number
  /** Whoever is heard must have been quiet for so long. */
  readonly quietMillis: number
  /** Whoever wants to be heard must have been loud for so long. */
  readonly loudMillis: number
  /** Or has been so many times louder for so long. */
  readonly louderTimes: number
  readonly louderMillis: number
  /** What a voice said before it was noticed is heard, too. */
  readonly lookBackMillis: number
}

export const defaultPolicy: LiveKitPolicy = {
  joinWithin: Duration.seconds(10),
  flushWithin: Duration.millis(250),
  leaveWithin: Duration.millis(700),
  grace: webSocketPolicy.grace,
  sendWithin: Duration.seconds(10),
  frameMillis: 40,
  aheadMillisMax: webSocketPolicy.aheadMillisMax,
  lateFramesMax: 3,
  lateMillisMax: 100,
  inputMillisMax: webSocketPolicy.inputMillisMax,
  inputEventsMax: webSocketPolicy.inputEventsMax,
  eventsMax: webSocketPolicy.eventsMax,
  eventBytesMax: 14_000,
  transcriptsMax: 32,
  textBytesMax: 32_768,
  silenceMillis: 800,
  floor: {
    loud: 0.012,
    quiet: 0.006,
    quietMillis: 400,
    loudMillis: 80,
    louderTimes: 4,
    louderMillis: 240,
    lookBackMillis: 320,
  },
}
