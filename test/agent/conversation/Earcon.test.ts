import { describe, expect, it } from "@effect/vitest"
import * as Earcon from "../../../src/agent/conversation/Earcon.ts"
import { concat, durationMillis, level } from "../../../src/domain/speech/PcmFrame.ts"

describe.each([8_000, 16_000, 24_000, 44_100, 48_000])("the tone at %i Hz", (sampleRate) => {
  const frames = Earcon.frames(sampleRate)
  const whole = concat(frames, sampleRate)

  it("is a quarter of a second, in frames that a transport takes", () => {
    expect(durationMillis(whole)).toBeCloseTo(260, 0)
    for (const frame of frames) {
      expect(frame.sampleRate).toBe(sampleRate)
      expect(durationMillis(frame)).toBeLessThanOrEqual(20.01)
      expect(frame.samples.length).toBeGreaterThan(0)
    }
  })

  it("can be heard and does not startle", () => {
    expect(level(whole)).toBeGreaterThan(0.05)
    expect(Math.max(...whole.samples.map(Math.abs))).toBeLessThan(0.2 * 32_767)
  })

  it("begins and ends without a click", () => {
    const steps = whole.samples.map((sample, index) => Math.abs(sample - (whole.samples[index - 1] ?? 0)))
    const steepest = 2 * Math.PI * (660 / sampleRate) * 0.18 * 32_767
    expect(Math.max(...steps)).toBeLessThanOrEqual(steepest + 100)
    expect(Math.abs(whole.samples[0] ?? 1)).toBe(0)
    expect(Math.abs(whole.samples.at(-1) ?? 1_000)).toBeLessThan(100)
  })

  it("falls from 660 to 520 Hz", () => {
    const rising = (from: number, to: number) => {
      const part = whole.samples.slice((from * sampleRate) / 1000, (to * sampleRate) / 1000)
      const count = part.filter((sample, index) => index > 0 && (part[index - 1] ?? 0) < 0 && sample >= 0).length
      return (count * 1000) / (to - from)
    }
    expect(Math.abs(rising(10, 100) - 660)).toBeLessThan(15)
    expect(Math.abs(rising(125, 245) - 520)).toBeLessThan(15)
  })
})
