import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck as fc } from "effect"
import { inputSampleRate } from "../../../src/domain/speech/PcmFrame.ts"
import * as Wav from "../../../src/infra/audio/Wav.ts"
import { WavError } from "../../../src/infra/audio/WavError.ts"
import { chunk, type FixtureOptions, riff, wav } from "./WavFixture.ts"

const pitch = 440
const tone = (time: number) => 0.5 * Math.sin(2 * Math.PI * pitch * time)

/** How far, at most, a decoded tone is from the ideal one, in 16-bit steps; the filter's ends are left out. */
const worstError = (samples: Int16Array) => {
  let worst = 0
  for (let index = 400; index < samples.length - 400; index++)
    worst = Math.max(worst, Math.abs((samples[index] ?? 0) - tone(index / inputSampleRate) * 32_768))
  return worst
}

const formats: ReadonlyArray<FixtureOptions & { readonly steps: number }> = [
  { encoding: "integer", bitsPerSample: 8, channels: 1, sampleRate: 16_000, steps: 130 },
  { encoding: "integer", bitsPerSample: 8, channels: 2, sampleRate: 8_000, steps: 260 },
  { encoding: "integer", bitsPerSample: 16, channels: 1, sampleRate: 16_000, steps: 1 },
  { encoding: "integer", bitsPerSample: 16, channels: 1, sampleRate: 8_000, steps: 8 },
  { encoding: "integer", bitsPerSample: 16, channels: 2, sampleRate: 44_100, steps: 8 },
  { encoding: "integer", bitsPerSample: 16, channels: 6, sampleRate: 48_000, extensible: true, steps: 8 },
  { encoding: "integer", bitsPerSample: 24, channels: 2, sampleRate: 96_000, steps: 8 },
  { encoding: "integer", bitsPerSample: 24, channels: 1, sampleRate: 11_025, extensible: true, steps: 8 },
  { encoding: "integer", bitsPerSample: 32, channels: 1, sampleRate: 22_050, steps: 8 },
  { encoding: "float", bitsPerSample: 32, channels: 1, sampleRate: 48_000, steps: 8 },
  { encoding: "float", bitsPerSample: 32, channels: 2, sampleRate: 192_000, extensible: true, steps: 8 },
  { encoding: "float", bitsPerSample: 64, channels: 1, sampleRate: 24_000, steps: 8 },
  { encoding: "float", bitsPerSample: 64, channels: 1, sampleRate: 15_999, steps: 16 },
]

describe("Wav.decode", () => {
  for (const { steps, ...options } of formats)
    it.effect(
      `${options.bitsPerSample}-bit ${options.encoding}, ${options.channels} ch, ${options.sampleRate} Hz${options.extensible ? ", extensible" : ""}`,
      () =>
        Effect.gen(function* () {
          const { format, frame, warnings } = yield* Wav.decode(wav(options, 1, tone), "a.wav")
          expect(frame.sampleRate).toBe(inputSampleRate)
          expect(Math.abs(frame.samples.length - inputSampleRate)).toBeLessThanOrEqual(1)
          expect(worstError(frame.samples)).toBeLessThanOrEqual(steps)
          expect(format.channels).toBe(options.channels)
          expect(warnings).toEqual([])
        }),
    )

  it.effect("mixes channels and leaves out what is too high for 16 kHz", () =>
    Effect.gen(function* () {
      const stereo = { encoding: "float", bitsPerSample: 32, channels: 2, sampleRate: 48_000 } as const
      const opposite = yield* Wav.decode(
        wav(stereo, 0.5, (time, channel) => (channel === 0 ? tone(time) : -tone(time))),
        "a.wav",
      )
      expect(opposite.frame.samples.every((sample) => sample === 0)).toBe(true)
      const high = yield* Wav.decode(
        wav(stereo, 0.5, (time) => 0.5 * Math.sin(2 * Math.PI * 10_000 * time)),
        "a.wav",
      )
      expect(Math.max(...high.frame.samples.slice(400, -400))).toBeLessThan(16)
    }),
  )

  it.effect("clips what is louder than full scale, and takes NaN for silence", () =>
    Effect.gen(function* () {
      const float = { encoding: "float", bitsPerSample: 32, channels: 1, sampleRate: 16_000 } as const
      const values = [2, -2, Number.NaN, Number.POSITIVE_INFINITY, 0.5]
      const { frame } = yield* Wav.decode(
        wav(float, values.length / 16_000, (time) => values[Math.round(time * 16_000)] ?? 0),
        "a.wav",
      )
      expect([...frame.samples]).toEqual([32_767, -32_768, 0, 0, 16_384])
    }),
  )

  it.effect("walks over foreign chunks of odd length", () =>
    Effect.gen(function* () {
      const bytes = wav(
        {
          encoding: "integer",
          bitsPerSample: 16,
          channels: 1,
          sampleRate: 16_000,
          before: [chunk("LIST", new Uint8Array(33)), chunk("bext", new Uint8Array(602))],
        },
        0.2,
        tone,
      )
      const { frame } = yield* Wav.decode(bytes, "a.wav")
      expect(worstError(frame.samples)).toBeLessThanOrEqual(1)
    }),
  )

  it.effect("reads cut data as far as it goes and says so", () =>
    Effect.gen(function* () {
      const whole = wav({ encoding: "integer", bitsPerSample: 16, channels: 1, sampleRate: 16_000 }, 1, tone)
      const { frame, warnings } = yield* Wav.decode(whole.slice(0, 44 + 16_001), "cut.wav")
      expect(frame.samples.length).toBe(8_000)
      expect(warnings).toEqual(["cut.wav is cut off: its header promises more; read the 0.5 s that are there"])
    }),
  )

  for (const claimedLength of [0, 0xffff_ffff])
    it.effect(`a length of ${claimedLength}, as programs leave it that stream, means all that is there`, () =>
      Effect.gen(function* () {
        const format = { encoding: "integer", bitsPerSample: 16, channels: 1, sampleRate: 16_000 } as const
        const { frame, warnings } = yield* Wav.decode(wav({ ...format, claimedLength }, 0.5, tone), "a.wav")
        expect(frame.samples.length).toBe(8_000)
        expect(warnings).toEqual([])
      }),
    )
})

const mono16 = { encoding: "integer", bitsPerSample: 16, channels: 1, sampleRate: 16_000 } as const
const refusals: ReadonlyArray<readonly [string, Uint8Array, string, RegExp]> = [
  ["no bytes", new Uint8Array(0), "NotWav", /begins with nothing \(0 bytes\)/],
  ["text", new TextEncoder().encode("hello, this is not audio"), "NotWav", /"hello, this " instead of RIFF/],
  ["another RIFF", riff().fill(65, 8, 12), "NotWav", /instead of RIFF \.\.\. WAVE/],
  ["RF64", new TextEncoder().encode("RF64\xff\xff\xff\xffWAVE"), "UnsupportedCodec", /RF64/],
  ["no chunks", riff(), "ChunkMissing", /no "fmt " chunk/],
  ["no data", wav(mono16, 0.1, tone).slice(0, 36), "ChunkMissing", /no "data" chunk/],
  ["data before the format", riff(chunk("data", new Uint8Array(10))), "ChunkMissing", /no "fmt " chunk/],
  ["a chunk header cut", wav(mono16, 0.1, tone).slice(0, 40), "HeaderCut", /inside the data header \(at byte 36\)/],
  ["a format cut", wav(mono16, 0.1, tone).slice(0, 30), "HeaderCut", /inside the fmt header \(at byte 30\)/],
  ["MP3", wav({ ...mono16, codec: 0x55 }, 0.1, tone), "UnsupportedCodec", /its samples are MP3; PCM/],
  ["mu-law", wav({ ...mono16, codec: 7 }, 0.1, tone), "UnsupportedCodec", /mu-law/],
  ["extensible ADPCM", wav({ ...mono16, codec: 2, extensible: true }, 0.1, tone), "UnsupportedCodec", /ADPCM/],
  ["an unknown codec", wav({ ...mono16, codec: 0x1234 }, 0.1, tone), "UnsupportedCodec", /unknown codec \(0x1234\)/],
  ["16-bit float", wav({ ...mono16, codec: 3 }, 0.1, tone), "UnsupportedCodec", /16-bit float/],
  ["4 kHz", wav({ ...mono16, sampleRate: 4_000 }, 0.1, tone), "ImpossibleFormat", /4000 samples a second/],
  ["no channels", wav({ ...mono16, channels: 0 }, 0, tone), "ImpossibleFormat", /0 channels/],
  ["empty", wav(mono16, 0, tone), "NoSamples", /empty/],
]

describe("Wav.decode refuses", () => {
  for (const [what, bytes, tag, message] of refusals)
    it.effect(what, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Wav.decode(bytes, "bad.wav"))
        expect(error.reason._tag).toBe(tag)
        expect(error.message).toMatch(message)
        expect(error.message).toMatch(/^bad\.wav: /)
      }),
    )

  it.effect("garbage, always with a typed error or a warning", () =>
    Effect.sync(() => {
      const seed = wav({ ...mono16, extensible: true, before: [chunk("LIST", new Uint8Array(7))] }, 0.01, tone)
      const mutation = fc.tuple(fc.nat(seed.length - 1), fc.nat(255))
      fc.assert(
        fc.property(fc.array(mutation, { maxLength: 8 }), fc.nat(seed.length), (mutations, length) => {
          const bytes = seed.slice(0, length)
          for (const [position, value] of mutations) if (position < length) bytes[position] = value
          const outcome = Effect.runSync(Effect.either(Wav.decode(bytes, "fuzz.wav")))
          if (outcome._tag === "Left") expect(outcome.left).toBeInstanceOf(WavError)
          else expect(outcome.right.frame.samples.length).toBeGreaterThan(0)
        }),
        { numRuns: 3_000 },
      )
    }),
  )
})

describe("Wav.encode", () => {
  it.effect("is read back sample for sample", () =>
    Effect.sync(() =>
      fc.assert(
        fc.property(fc.int16Array({ minLength: 1, maxLength: 2_000 }), (samples) => {
          const bytes = Wav.encode({ samples, sampleRate: inputSampleRate })
          const { frame } = Effect.runSync(Wav.decode(bytes, "a.wav"))
          expect(frame.samples).toEqual(samples)
        }),
      ),
    ),
  )
})

describe("Wav.readFile", () => {
  const inFolder = <A, E>(
    use: (folder: string, files: FileSystem.FileSystem) => Effect.Effect<A, E, FileSystem.FileSystem>,
  ) =>
    Effect.gen(function* () {
      const files = yield* FileSystem.FileSystem
      return yield* use(yield* files.makeTempDirectoryScoped(), files)
    }).pipe(Effect.scoped, Effect.provide(BunContext.layer))

  it.live("writes and reads a file that is longer than one piece", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const samples = Int16Array.from({ length: 200_000 }, (_, index) => Math.round(tone(index / 16_000) * 32_768))
        yield* Wav.writeFile(`${folder}/a.wav`, { samples, sampleRate: inputSampleRate })
        expect((yield* Wav.readFile(`${folder}/a.wav`)).frame.samples).toEqual(samples)
      }),
    ),
  )

  it.live("an hour at 8 kHz is read, a second more is refused before it is read", () =>
    inFolder((folder, files) =>
      Effect.gen(function* () {
        const head = wav({ encoding: "integer", bitsPerSample: 8, channels: 1, sampleRate: 8_000 }, 0, tone)
        const write = (seconds: number) => {
          const bytes = new Uint8Array(44 + seconds * 8_000).fill(128)
          bytes.set(head)
          new DataView(bytes.buffer).setUint32(40, seconds * 8_000, true)
          return files.writeFile(`${folder}/${seconds}.wav`, bytes)
        }
        yield* write(3_600)
        yield* write(3_601)
        expect((yield* Wav.readFile(`${folder}/3600.wav`)).frame.samples.length).toBe(3_600 * inputSampleRate)
        const error = yield* Effect.flip(Wav.readFile(`${folder}/3601.wav`))
        expect(error.message).toMatch(/1h 1s long; at most 1h can be read/)
      }),
    ),
  )

  it.live("says what is wrong with the path", () =>
    inFolder((folder) =>
      Effect.gen(function* () {
        const missing = yield* Effect.flip(Wav.readFile(`${folder}/none.wav`))
        expect(missing.reason._tag).toBe("Unreadable")
        const directory = yield* Effect.flip(Wav.readFile(folder))
        expect(directory.message).toMatch(/it is a directory, not a file/)
      }),
    ),
  )
})
