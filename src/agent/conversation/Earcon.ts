import type { PcmFrame } from "../../domain/speech/PcmFrame.ts"

const tones: ReadonlyArray<{ readonly hertz: number; readonly millis: number }> = [
  { hertz: 660, millis: 110 },
  { hertz: 520, millis: 150 },
]
const amplitude = 0.18
const fadeMillis = 12
const frameMillis = 20

/** Two soft falling tones: the sign for "something is wrong" that needs no voice provider. Frames of 20 ms. */
export const frames = (sampleRate: number): ReadonlyArray<PcmFrame> => {
  const all: Array<number> = []
  const fade = (fadeMillis * sampleRate) / 1000
  for (const { hertz, millis } of tones) {
    const count = Math.round((millis * sampleRate) / 1000)
    for (let i = 0; i < count; i++) {
      const envelope = Math.min(1, i / fade, (count - i) / fade)
      all.push(Math.round(Math.sin((2 * Math.PI * hertz * i) / sampleRate) * envelope * amplitude * 32767))
    }
  }
  const frameLength = Math.round((frameMillis * sampleRate) / 1000)
  const result: Array<PcmFrame> = []
  for (let offset = 0; offset < all.length; offset += frameLength) {
    result.push({ samples: Int16Array.from(all.slice(offset, offset + frameLength)), sampleRate })
  }
  return result
}
