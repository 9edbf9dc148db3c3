import { describe, expect, it } from "@effect/vitest"
import { PlaybackRing } from "../../src/client/audio/PlaybackRing.ts"

const frame = (length: number, value = 16_384) => new Int16Array(length).fill(value)
const block = (length = 128) => new Float32Array(length)

describe("PlaybackRing", () => {
  it("plays in order and counts every sample of the generation once", () => {
    const ring = new PlaybackRing(1_000)
    ring.push(0, Int16Array.of(8_192, -8_192, 16_384))
    const out = block(2)
    expect(ring.pull(out)).toBe(2)
    expect([...out]).toEqual([0.25, -0.25])
    expect(ring.count).toEqual({ generation: 0, samples: 2 })
    expect(ring.pull(out)).toBe(1)
    expect(out[0]).toBe(0.5)
    expect(ring.count).toEqual({ generation: 0, samples: 3 })
    expect(ring.pull(out)).toBe(0)
    expect(ring.count).toEqual({ generation: 0, samples: 3 })
  })

  it("wraps around without losing a sample", () => {
    const ring = new PlaybackRing(100)
    let expected = 0
    for (let round = 0; round < 20; round++) {
      ring.push(
        0,
        Int16Array.from({ length: 70 }, (_, i) => round * 70 + i),
      )
      const out = block(70)
      expect(ring.pull(out)).toBe(70)
      for (const sample of out) expect(Math.round(sample * 32_768)).toBe(expected++)
    }
    expect(ring.count.samples).toBe(1_400)
  })

  it("drops what it holds when a generation begins, says how far the old one came, and ignores its late frames", () => {
    const ring = new PlaybackRing(1_000)
    ring.push(3, frame(300))
    ring.pull(block())
    expect(ring.begin(4)).toEqual({ generation: 3, samples: 128 })
    expect(ring.held).toBe(0)
    ring.push(3, frame(300))
    expect(ring.held).toBe(0)
    ring.push(4, frame(10))
    ring.pull(block())
    expect(ring.count).toEqual({ generation: 4, samples: 10 })
  })

  it("takes a frame of a newer generation as its beginning", () => {
    const ring = new PlaybackRing(1_000)
    ring.push(0, frame(300))
    ring.push(1, frame(20))
    expect(ring.held).toBe(20)
    expect(ring.count).toEqual({ generation: 1, samples: 0 })
  })

  it("runs out without a click, also when it was stopped in the middle", () => {
    const ring = new PlaybackRing(1_000)
    ring.push(0, frame(300))
    ring.pull(block())
    ring.begin(1)
    const out = block()
    expect(ring.pull(out)).toBe(0)
    expect(out[0]).toBeCloseTo(0.5, 1)
    expect(out.at(-1)).toBe(0)
    expect(Math.max(...out.map((sample, i) => Math.abs(sample - (out[i - 1] ?? 0.5))))).toBeLessThan(0.01)
    ring.pull(out)
    expect([...out].every((sample) => sample === 0)).toBe(true)
  })

  it("is bounded: what does not fit is not counted either", () => {
    const ring = new PlaybackRing(100)
    ring.push(0, frame(250))
    expect(ring.held).toBe(100)
    ring.pull(block())
    expect(ring.count.samples).toBe(100)
  })
})
