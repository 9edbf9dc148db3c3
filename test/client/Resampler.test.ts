import { describe, expect, it } from "@effect/vitest"
import { FrameCutter } from "../../src/client/audio/FrameCutter.ts"
import { Resampler } from "../../src/client/audio/Resampler.ts"

const outputRate = 16_000
/** What an audio worklet is handed at a time. */
const blockSamples = 128

/** A second of a sine through the resampler, in blocks; the filter's beginning is left out. */
const through = (inputRate: number, hertz: number): ReadonlyArray<number> => {
  const resampler = new Resampler(inputRate, outputRate)
  const out: Array<number> = []
  for (let start = 0; start < inputRate; start += blockSamples) {
    const block = Float32Array.from({ length: blockSamples }, (_, i) =>
      Math.sin((2 * Math.PI * hertz * (start + i)) / inputRate),
    )
    resampler.process(block, (sample) => out.push(sample))
  }
  return out.slice(2_000)
}

/** In decibels of a full sine. */
const loudness = (samples: ReadonlyArray<number>): number =>
  10 * Math.log10((2 * samples.reduce((sum, sample) => sum + sample * sample, 0)) / samples.length + 1e-12)

const crossings = (samples: ReadonlyArray<number>): number =>
  samples.filter((sample, i) => i > 0 && sample >= 0 && (samples[i - 1] ?? 0) < 0).length

describe("Resampler", () => {
  it.each([48_000, 44_100, 96_000, 32_000])("passes speech from %i Hz unchanged, up to 6 kHz", (rate) => {
    for (const hertz of [100, 1_000, 3_400, 6_000]) expect(loudness(through(rate, hertz))).toBeCloseTo(0, 1)
  })

  it.each([48_000, 44_100, 96_000])("lets nothing above 8 kHz fold into speech from %i Hz", (rate) => {
    for (const hertz of [8_200, 9_000, 12_000, 15_000]) expect(loudness(through(rate, hertz))).toBeLessThan(-70)
  })

  it("keeps the pitch, also at a rate that is no whole multiple", () => {
    const seconds = through(44_100, 440).length / outputRate
    expect(crossings(through(44_100, 440)) / seconds).toBeCloseTo(440, -1)
  })

  it("raises a rate below its own, as of some headsets", () => {
    expect(loudness(through(8_000, 1_000))).toBeCloseTo(0, 1)
    expect(through(8_000, 1_000).length + 2_000).toBeGreaterThan(outputRate - 2)
  })

  it("makes exactly as many samples as the time needs", () => {
    const resampler = new Resampler(44_100, outputRate)
    let count = 0
    for (let i = 0; i < 441; i++) resampler.process(new Float32Array(100), () => count++)
    expect(count).toBe(outputRate)
  })
})

describe("FrameCutter", () => {
  it("cuts frames of the size, clips what is too loud, and keeps the rest for the next", () => {
    const frames: Array<Int16Array> = []
    const cutter = new FrameCutter(3, (frame) => frames.push(frame))
    for (const sample of [0, 0.5, 2, -2, -1, 1, 0.1]) cutter.push(sample)
    expect(frames.map((frame) => [...frame])).toEqual([
      [0, 16_384, 32_767],
      [-32_767, -32_767, 32_767],
    ])
    expect(frames[0]?.buffer).not.toBe(frames[1]?.buffer)
  })
})
