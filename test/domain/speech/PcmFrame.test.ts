import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { concat, durationMillis, level, type PcmFrame, silence } from "../../../src/domain/speech/PcmFrame.ts"

const frame = (...samples: ReadonlyArray<number>): PcmFrame => ({
  samples: Int16Array.from(samples),
  sampleRate: 8_000,
})

describe("a frame", () => {
  it("lasts as long as its samples", () => {
    expect(durationMillis({ samples: new Int16Array(320), sampleRate: 16_000 })).toBe(20)
    expect(durationMillis({ samples: new Int16Array(0), sampleRate: 16_000 })).toBe(0)
    expect(durationMillis(silence(123, 48_000))).toBe(123)
  })

  it.each([
    { what: "nothing", of: frame(), is: 0 },
    { what: "silence", of: frame(0, 0, 0), is: 0 },
    { what: "the loudest", of: frame(-32_768, -32_768), is: 1 },
    { what: "half", of: frame(16_384, -16_384), is: 0.5 },
  ])("has the level $is when it is $what", ({ is, of }) => {
    expect(level(of)).toBe(is)
  })

  it("of many frames holds all samples in order, and shares none of them", () => {
    const samples = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 50 })
    fc.assert(
      fc.property(fc.array(samples, { maxLength: 10 }), (all) => {
        const frames = all.map((samples) => frame(...samples))
        const whole = concat(frames, 8_000)
        expect([...whole.samples]).toEqual(all.flat())
        expect(whole.sampleRate).toBe(8_000)
        whole.samples.fill(7)
        expect(frames.map(({ samples }) => [...samples])).toEqual(all)
      }),
    )
  })
})
