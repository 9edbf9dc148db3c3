import type { LocalAudioTrack, LocalParticipant, RemoteTrack, Room } from "@livekit/rtc-node"

/** Samples a second, and the length of each frame. */
export interface ReadOptions {
  readonly sampleRate: number
  readonly frameMillis: number
  /** Each frame is a copy, and the taker's own. */
  readonly onFrame: (samples: Int16Array) => void
}

/** Where a voice goes out. It encodes nothing while nothing is captured. */
export interface VoiceOutlet {
  readonly track: LocalAudioTrack
  /** Exactly 10 ms, mono; not looked at again once it returns. Does nothing after `close`; never throws. */
  readonly capture: (samples: Int16Array) => void
  readonly close: () => void
}

/** Text that is shown as `senderIdentity`'s, which need not be the participant who sends it. */
export interface TextOptions {
  readonly topic: string
  readonly attributes: Record<string, string>
  readonly senderIdentity: string
}

/** What costs most of the SDK, done in one way or another. */
export interface MediaSdk {
  /** Reads a track until the function is called that it answers. None: the track is gone already. */
  readonly read: (track: RemoteTrack, options: ReadOptions) => (() => void) | undefined
  readonly openVoice: (sampleRate: number) => VoiceOutlet
  readonly sendText: (participant: LocalParticipant, text: string, options: TextOptions) => Promise<void>
  /** Lets the client forget a room that is over. The SDK does so only where it left by itself. */
  readonly forget: (room: Room) => void
  /** How many native things and listeners are held for rooms now. */
  readonly held: () => number
}

/** The bytes of samples, apart from whatever they are a view of: the SDK reads a buffer from its beginning. */
export const copyOf = (samples: Int16Array): Int16Array<ArrayBuffer> => new Int16Array(samples)
