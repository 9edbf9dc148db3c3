import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Wav from "../../src/infra/audio/Wav.ts"
import { level } from "../../src/domain/speech/PcmFrame.ts"
import { wav } from "../infra/audio/WavFixture.ts"
import { parley } from "./Run.ts"

const inFolder = <A, E, R>(use: (folder: string, files: FileSystem.FileSystem) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    return yield* use(yield* files.makeTempDirectoryScoped(), files)
  }).pipe(Effect.scoped, Effect.provide(BunContext.layer))

const format = { encoding: "integer", bitsPerSample: 16, channels: 1, sampleRate: 16_000 } as const
const quiet = wav(format, 0.2, () => 0)
const bad: ReadonlyArray<readonly [string, Uint8Array, RegExp]> = [
  [
    "text.wav",
    new TextEncoder().encode("not audio, only text"),
    /text\.wav: not a WAV file: it begins with "not audio, o"/,
  ],
  ["nothing.wav", new Uint8Array(0), /nothing\.wav: not a WAV file: it begins with nothing/],
  ["empty.wav", wav(format, 0, () => 0), /empty\.wav: it is empty: there are no samples in it/],
  ["mp3.wav", wav({ ...format, codec: 0x55 }, 0.1, () => 0), /mp3\.wav: its samples are MP3/],
]

/** "Go forward ten meters", said by a person; Debian's pocketsphinx-testdata, BSD. */
const speech = "/usr/share/pocketsphinx/test/data/goforward.raw"

const Report = Schema.parseJson(
  Schema.Struct({
    endReason: Schema.String,
    transcript: Schema.Array(Schema.Struct({ who: Schema.String, text: Schema.String })),
    turns: Schema.Array(
      Schema.Struct({ outcome: Schema.String, timings: Schema.Struct({ playout: Schema.NullOr(Schema.Number) }) }),
    ),
    replyFile: Schema.String,
  }),
)

describe("parley talk refuses", () => {
  for (const [name, bytes, message] of bad)
    it.live(name, () =>
      inFolder((cwd, files) =>
        Effect.gen(function* () {
          yield* files.writeFile(`${cwd}/${name}`, bytes)
          const { code, stderr, stdout } = yield* parley(["talk", name, "--json"], { cwd })
          assert.deepStrictEqual([code, stdout], [1, ""])
          assert.match(stderr, message)
          assert.match(stderr, /\nMost recordings become a fit WAV by: ffmpeg/)
          assert.strictEqual(stderr.trim().split("\n").length, 2)
        }),
      ),
    )

  it.live("a file that is not there, and an --out that cannot be", () =>
    inFolder((cwd, files) =>
      Effect.gen(function* () {
        const missing = yield* parley(["talk", "none.wav"], { cwd })
        assert.strictEqual(missing.code, 1)
        assert.match(missing.stderr, /parley talk: none\.wav: .*\nGive the path of a WAV file\./)
        yield* files.writeFile(`${cwd}/quiet.wav`, quiet)
        const nowhere = yield* parley(["talk", "quiet.wav", "--out", "no/where.wav"], { cwd })
        assert.strictEqual(nowhere.code, 1)
        assert.match(nowhere.stderr, /cannot write to no\/where\.wav/)
      }),
    ),
  )
})

describe("parley talk", () => {
  for (const pace of [[], ["--fast"]])
    it.live(
      `holds a conversation with a human recording${pace.length === 0 ? " in real time" : ", fast"}`,
      () =>
        inFolder((cwd, files) =>
          Effect.gen(function* () {
            const raw = yield* files.readFile(speech)
            const samples = new Int16Array(raw.slice().buffer)
            yield* Wav.writeFile(`${cwd}/go.wav`, { samples, sampleRate: 16_000 })
            const args = ["talk", "go.wav", "--out", "reply.wav", "--json", ...pace]
            const { code, stderr, stdout } = yield* parley(args, { cwd, timeoutMillis: 60_000 })
            assert.strictEqual(code, 0, stderr)
            const report = yield* Schema.decode(Report)(stdout)
            assert.strictEqual(report.endReason, "left")
            const said = (who: string) =>
              report.transcript.flatMap((line) => (line.who === who ? [line.text] : [])).join(" ")
            assert.match(said("person"), /go forward (ten|10) meters/i)
            assert.isAbove(said("assistant").length, 10)
            assert.strictEqual(report.turns[0]?.outcome, "answered")
            assert.isBelow(report.turns[0]?.timings.playout ?? Number.POSITIVE_INFINITY, 4_000)
            const reply = yield* Wav.readFile(`${cwd}/${report.replyFile}`)
            assert.isAbove(level(reply.frame), 0.005)
          }),
        ),
      90_000,
    )
})
