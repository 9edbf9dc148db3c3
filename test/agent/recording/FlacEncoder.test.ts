import { assert, describe, it } from "@effect/vitest"
import { Effect, FastCheck } from "effect"
import * as BitWriter from "../../../src/agent/recording/flac/BitWriter.ts"
import { crc16, crc8 } from "../../../src/agent/recording/flac/Crc.ts"
import * as FlacEncoder from "../../../src/agent/recording/flac/FlacEncoder.ts"
import { headBytes } from "../../../src/agent/recording/flac/StreamInfo.ts"
import * as Flac from "../../support/Flac.ts"
import { humanClip } from "../../support/Speech.ts"

interface Stereo {
  readonly left: Int16Array
  readonly right: Int16Array
}

const encode = ({ left, right }: Stereo, blockSamples = 1_600, sampleRate = 16_000): Uint8Array => {
  const encoder = FlacEncoder.make({ sampleRate, blockSamples })
  const frames: Array<Uint8Array> = []
  for (let from = 0; from < left.length; from += blockSamples) {
    frames.push(encoder.encode(left.slice(from, from + blockSamples), right.slice(from, from + blockSamples)))
  }
  return Buffer.concat([encoder.head(), ...frames])
}

const comesBack = (stereo: Stereo, blockSamples?: number) =>
  Effect.gen(function* () {
    const decoded = yield* Flac.decode(encode(stereo, blockSamples))
    assert.isTrue(Buffer.from(decoded.left.buffer).equals(Buffer.from(stereo.left.buffer)), "left")
    assert.isTrue(Buffer.from(decoded.right.buffer).equals(Buffer.from(stereo.right.buffer)), "right")
  })

const made = (samples: number, sample: (index: number) => number) =>
  Int16Array.from({ length: samples }, (_, index) => sample(index))

/** Equal on every run. */
const noise = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) & 0xffff
  }
}

const sounds: Readonly<Record<string, (samples: number) => Stereo>> = {
  silence: (samples) => ({ left: made(samples, () => 0), right: made(samples, () => 0) }),
  "a constant": (samples) => ({ left: made(samples, () => -32_768), right: made(samples, () => 32_767) }),
  "noise of full scale": (samples) => ({ left: made(samples, noise(1)), right: made(samples, noise(2)) }),
  "the steepest steps": (samples) => ({
    left: made(samples, (index) => (index % 2 === 0 ? -32_768 : 32_767)),
    right: made(samples, (index) => (index % 97 === 0 ? 32_767 : 0)),
  }),
  "a slope and a tone": (samples) => ({
    left: made(samples, (index) => index * 3),
    right: made(samples, (index) => 30_000 * Math.sin(index / 9)),
  }),
}

describe("FlacEncoder", () => {
  for (const [name, make] of Object.entries(sounds)) {
    // Whole blocks, and last ones of every awkward length: a single sample, fewer than a predictor looks back, an odd one.
    for (const samples of [1_600, 1, 2, 4, 5, 9, 1_601, 1_604, 3_199]) {
      it.effect(`${name} of ${samples} samples comes back`, () => comesBack(make(samples)))
    }
  }

  it.effect("speech comes back, and takes about half", () =>
    Effect.gen(function* () {
      const left = humanClip("goforward").audio.samples
      const right = humanClip("something").audio.samples.slice(0, left.length)
      const stereo = { left, right: Int16Array.from({ length: left.length }, (_, index) => right[index] ?? 0) }
      yield* comesBack(stereo)
      assert.isBelow(encode(stereo).length, 0.75 * 4 * left.length)
    }),
  )

  it.effect("more frames than a number of one, two or three bytes counts come back", () =>
    comesBack(sounds["a slope and a tone"]?.(16 * 70_000) ?? { left: new Int16Array(0), right: new Int16Array(0) }, 16),
  )

  it.effect("tells its length and rate in a head that is as long before as after", () =>
    Effect.gen(function* () {
      const encoder = FlacEncoder.make({ sampleRate: 24_000, blockSamples: 1_600 })
      assert.strictEqual(encoder.head().length, headBytes)
      const { left, right } = sounds["a slope and a tone"]?.(1_600) ?? {
        left: new Int16Array(0),
        right: new Int16Array(0),
      }
      const frame = encoder.encode(left, right)
      const head = encoder.head()
      assert.strictEqual(head.length, headBytes)
      assert.strictEqual(Buffer.from(head).readUInt32BE(22), 1_600)
      assert.strictEqual((yield* Flac.decode(Buffer.concat([head, frame]))).sampleRate, 24_000)
    }),
  )

  it("silence of a minute takes less than 12 kB", () => {
    const minute = sounds.silence?.(16_000 * 60)
    assert.isBelow(minute === undefined ? Number.NaN : encode(minute).length, 12_000)
  })
})

describe("BitWriter", () => {
  it("writes what was asked for, bit by bit", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(
          FastCheck.oneof(
            FastCheck.tuple(FastCheck.integer({ min: 0, max: 0xffffffff }), FastCheck.integer({ min: 1, max: 32 })),
            FastCheck.tuple(FastCheck.constant(0), FastCheck.integer({ min: 1, max: 900 })),
          ),
        ),
        (numbers) => {
          const out = BitWriter.make()
          let expected = ""
          for (const [value, bits] of numbers) {
            if (bits > 32) out.zeros(bits)
            else out.write(value, bits)
            expected += value.toString(2).padStart(32, "0").slice(-bits).padStart(bits, "0")
          }
          out.align()
          const written = [...out.bytes()].map((byte) => byte.toString(2).padStart(8, "0")).join("")
          assert.strictEqual(written, expected.padEnd(Math.ceil(expected.length / 8) * 8, "0"))
        },
      ),
    )
  })

  it("knows the checksums that everybody knows", () => {
    const bytes = new TextEncoder().encode("123456789")
    assert.strictEqual(crc8(bytes), 0xf4)
    assert.strictEqual(crc16(bytes), 0xfee8)
  })
})
