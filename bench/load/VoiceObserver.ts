/** Who watches a voice on its way to the listener. Samples are at the listener's rate, times epoch milliseconds. */
export interface VoiceObserver {
  /** A frame is handed over; called before any wait for room. */
  readonly handed: () => void
  /** When a frame begins to sound. */
  readonly sounds: (samples: Int16Array, atMillis: number) => void
}
