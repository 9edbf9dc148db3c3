import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { concat, type PcmFrame } from "../../../src/domain/speech/PcmFrame.ts"
import * as Resampler from "../../../src/domain/speech/Resampler.ts"

const sine = (hertz: number, sampleRate: number, samples: number, peak = 10_000): PcmFrame => ({
  samples: Int16Array.from({ length: samples }, (_, index) =>
    Math.round(peak * Math.sin((2 * Math.PI * hertz * index) / sampleRate)),
  ),
  sampleRate,
})

/** In frames of the given sizes, over and over; then what is still held. */
const resampled = (input: PcmFrame, outputRate: number, sizes: ReadonlyArray<number> = [480]): PcmFrame => {
  const resampler = Resampler.make(input.sampleRate, outputRate)
  const frames: Array<PcmFrame> = []
  for (let at = 0, index = 0; at < input.samples.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    frames.push(resampler.push({ ...input, samples: input.samples.slice(at, at + size) }))
    at += size
  }
  return concat([...frames, resampler.flush()], outputRate)
}

/** The middle of a sound: where it begins and ends every frequency sounds a little. */
const middle = ({ samples, sampleRate }: PcmFrame): PcmFrame => ({
  samples: samples.slice(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4)),
  sampleRate,
})

/** The peak of one frequency in a sound. */
const peakAt = ({ samples, sampleRate }: PcmFrame, hertz: number): number => {
  let [real, imaginary] = [0, 0]
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * hertz * index) / sampleRate
    // A window keeps what lies beside the frequency out.
    const window = 1 - Math.cos((2 * Math.PI * index) / samples.length)
    real += sample * window * Math.cos(angle)
    imaginary += sample * window * Math.sin(angle)
  })
  return (2 * Math.hypot(real, imaginary)) / samples.length
}
const decibels = (ratio: number) => 20 * Math.log10(Math.max(ratio, 1e-9))
const levelOf = ({ samples }: PcmFrame) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)

const pairs: ReadonlyArray<readonly [number, number]> = [
  [16_000, 24_000],
  [22_050, 24_000],
  [24_000, 16_000],
  [24_000, 48_000],
  [48_000, 16_000],
  [44_100, 16_000],
  [16_000, 8_000],
  [8_000, 24_000],
]

describe.each(pairs)("from %i to %i Hz", (from, to) => {
  it("keeps a tone's frequency and its level within 0.5 dB", () => {
    for (const hertz of [100, 440, 1_000, 3_000]) {
      const output = middle(resampled(sine(hertz, from, from), to))
      expect(Math.abs(decibels(peakAt(output, hertz) / 10_000))).toBeLessThan(0.5)
      expect(Math.abs(decibels((levelOf(output) * Math.SQRT2) / 10_000))).toBeLessThan(0.5)
    }
  })

  it("keeps the length within a sample", () => {
    for (const samples of [1, 7, 160, 1_000, 4_801]) {
      const { samples: output } = resampled(sine(440, from, samples), to)
      expect(Math.abs(output.length - (samples * to) / from)).toBeLessThanOrEqual(1)
    }
  })

  it("adds no image and no alias above -50 dB", () => {
    // Well above what the slower rate can hold; at equal strength it would be heard as another tone.
    const lower = Math.min(from, to) / 2
    if (to < from) {
      const hertz = Math.min(lower * 1.25, from / 2 - 100)
      expect(decibels(levelOf(middle(resampled(sine(hertz, from, from), to))) / (10_000 / Math.SQRT2))).toBeLessThan(
        -50,
      )
    } else {
      const output = middle(resampled(sine(1_000, from, from), to))
      for (const image of [from - 1_000, from + 1_000].filter((hertz) => hertz < to / 2)) {
        expect(decibels(peakAt(output, image) / 10_000)).toBeLessThan(-50)
      }
    }
  })
})

describe("a resampler", () => {
  it("does not care how its input is cut", () => {
    const rates = fc.constantFrom(...pairs)
    const input = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 1, maxLength: 1_000 })
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(rates, input, sizes, ([from, to], values, sizes) => {
        const frame = { samples: Int16Array.from(values), sampleRate: from }
        expect(resampled(frame, to, sizes)).toEqual(resampled(frame, to, [values.length]))
      }),
    )
  })

  it("hands on what needs no change", () => {
    const frame = sine(440, 16_000, 320)
    const resampler = Resampler.make(16_000, 16_000)
    expect(resampler.push(frame)).toBe(frame)
    expect(resampler.flush().samples).toHaveLength(0)
  })

  it("keeps silence silent and a constant constant", () => {
    const constant = (value: number): PcmFrame => ({ samples: new Int16Array(2_400).fill(value), sampleRate: 24_000 })
    expect(new Set(resampled(constant(0), 16_000).samples)).toEqual(new Set([0]))
    for (const sample of middle(resampled(constant(1_000), 16_000)).samples) {
      expect(Math.abs(sample - 1_000)).toBeLessThanOrEqual(1)
    }
  })

  it("clips what is too loud, instead of turning it over", () => {
    const square = Int16Array.from({ length: 2_400 }, (_, index) =>
      Math.floor(index / 50) % 2 === 0 ? 32_767 : -32_768,
    )
    const { samples } = middle(resampled({ samples: square, sampleRate: 24_000 }, 48_000))
    const turned = samples.filter((sample, index) => Math.abs(sample - (samples[index - 1] ?? sample)) > 60_000)
    expect(turned).toHaveLength(0)
    expect(Math.max(...samples)).toBe(32_767)
  })
})
