/** Mono 16-bit audio. Samples are never mutated once a frame is made; slices must be copies. */
export interface PcmFrame {
  readonly samples: Int16Array
  /** Samples a second: 16,000 on the way in, the voice's own rate on the way out. */
  readonly sampleRate: number
}

/** What every recogniser and detector of ours is fed. */
export const inputSampleRate = 16_000

export const durationMillis = (frame: PcmFrame): number => (frame.samples.length * 1000) / frame.sampleRate

export const silence = (millis: number, sampleRate: number): PcmFrame => ({
  samples: new Int16Array(Math.round((millis * sampleRate) / 1000)),
  sampleRate,
})

/** One frame out of many of the same rate; they are copied. */
export const concat = (frames: ReadonlyArray<PcmFrame>, sampleRate: number): PcmFrame => {
  const samples = new Int16Array(frames.reduce((total, frame) => total + frame.samples.length, 0))
  let offset = 0
  for (const frame of frames) {
    samples.set(frame.samples, offset)
    offset += frame.samples.length
  }
  return { samples, sampleRate }
}

/** Root mean square of the samples, 0 (silent) to 1. */
export const level = ({ samples }: PcmFrame): number => {
  if (samples.length === 0) return 0
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / samples.length) / 32768
}
