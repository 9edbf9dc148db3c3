import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, layer } from "@effect/vitest"
import { Console, Context, Effect, Layer, Option, Schema } from "effect"
import { Turn } from "../../src/domain/analytics/Turn.ts"
import { concat, durationMillis, inputSampleRate, level } from "../../src/domain/speech/PcmFrame.ts"
import * as Wav from "../../src/infra/audio/Wav.ts"
import { parley, type Ran } from "../main/Run.ts"
import { humanClip, normalised, padded, wordErrors } from "../support/Speech.ts"

const first = humanClip("0880")
const second = humanClip("goforward")
/** The second one begins while the first is being answered, which takes eight seconds, on a busy machine, too. */
const pauseMillis = 6_000
const talkMillisMax = 60_000

const Line = Schema.Struct({
  atMillis: Schema.Number,
  who: Schema.Literal("person", "assistant"),
  text: Schema.NonEmptyString,
  interrupted: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  unheard: Schema.optionalWith(Schema.String, { default: () => "" }),
})
const Percentiles = Schema.Struct({ p50: Schema.Number, p95: Schema.Number })
const Report = Schema.Struct({
  file: Schema.String,
  recordingSeconds: Schema.Number,
  speechToText: Schema.Literal("embedded moonshine tiny"),
  languageModel: Schema.Literal("embedded rules"),
  textToSpeech: Schema.Literal("embedded flite"),
  endReason: Schema.Literal("left"),
  transcript: Schema.Array(Line),
  turns: Schema.Array(Turn),
  percentiles: Schema.Struct({ endpoint: Percentiles, firstToken: Percentiles, playout: Percentiles }),
  notices: Schema.Array(Schema.String),
  warnings: Schema.Array(Schema.String),
  replySeconds: Schema.Number,
  replyFile: Schema.String,
})
type Report = typeof Report.Type

/** The same recording talked to in real time and fast, and the first reply talked to once more. */
class Talks extends Context.Tag("parley/test/e2e/Talks")<
  Talks,
  {
    readonly real: Report
    readonly fast: Report
    readonly reply: Wav.Recording
    readonly listened: Ran
  }
>() {}

const talks = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem
  const cwd = yield* files.makeTempDirectoryScoped()
  const run = (...args: ReadonlyArray<string>) => parley(["talk", ...args], { cwd, timeoutMillis: talkMillisMax })
  const reported = ({ code, stderr, stdout }: Ran) => {
    assert.strictEqual(code, 0, stderr)
    return Schema.decode(Schema.parseJson(Report))(stdout)
  }
  const parts = [padded(first, 500, pauseMillis), second.audio]
  yield* Wav.writeFile(`${cwd}/person.wav`, concat(parts, inputSampleRate))
  const real = yield* Effect.flatMap(run("person.wav", "--out", "reply.wav", "--json"), reported)
  const fast = yield* Effect.flatMap(run("person.wav", "--out", "fast.wav", "--json", "--fast"), reported)
  const reply = yield* Wav.readFile(`${cwd}/reply.wav`)
  return { real, fast, reply, listened: yield* run("reply.wav", "--fast") }
})

const said = (report: Report, who: "person" | "assistant") => report.transcript.filter((line) => line.who === who)
const words = (lines: ReadonlyArray<typeof Line.Type>) => normalised(lines.map(({ text }) => text).join(" "))
const whole = ({ text, unheard }: typeof Line.Type) => `${text} ${unheard}`.trim()

const live = Layer.scoped(Talks, Effect.orDie(talks)).pipe(Layer.provide(BunContext.layer))

layer(live, { excludeTestServices: true, timeout: "150 seconds" })("parley talk with recordings of people", (it) => {
  it.effect("understands them, and answers", () =>
    Effect.gen(function* () {
      const { real } = yield* Talks
      const reference = normalised(`${first.words} ${second.words}`)
      assert.isAtMost(wordErrors(reference, words(said(real, "person"))), 2, JSON.stringify(real.transcript))
      const [cut, answer, ...more] = said(real, "assistant")
      assert.deepStrictEqual(more, [])
      assert.match(cut === undefined ? "" : whole(cut), /^I have no rule for that\. .*a joke or a story\.$/)
      assert.deepStrictEqual([cut?.interrupted, answer?.interrupted], [true, false])
      assert.isAbove(answer?.text.length ?? 0, 20)
      assert.deepStrictEqual([real.notices, real.warnings], [[], []])
    }),
  )

  it.effect("times every stage of every turn", () =>
    Effect.gen(function* () {
      const { real } = yield* Talks
      assert.deepStrictEqual(
        real.turns.map(({ index, outcome, source }) => [index, outcome, source]),
        [
          [0, "interrupted", "speech"],
          [1, "answered", "speech"],
        ],
      )
      for (const { timings } of real.turns) {
        const [transcript = 0, endpoint = 0, voice = 0, heard = 0] = [
          timings.finalTranscript,
          timings.endpoint,
          timings.firstAudio,
          timings.playout,
        ].map(Option.getOrUndefined)
        assert.isAbove(transcript, 0)
        assert.isAtLeast(heard, Math.max(voice, endpoint))
        assert.isBelow(heard, 4_000)
      }
      yield* Console.log(`last sound to first sound, ms: ${JSON.stringify(real.percentiles.playout)}`)
    }),
  )

  it.effect("writes what was heard as a recording that another one understands", () =>
    Effect.gen(function* () {
      const { listened, real, reply } = yield* Talks
      assert.closeTo(durationMillis(reply.frame) / 1_000, real.replySeconds, 0.1)
      assert.isAbove(level(reply.frame), 0.02)
      assert.deepStrictEqual([listened.code, listened.stderr.includes("parley talk:")], [0, false])
      assert.match(listened.stdout, /Timing: milliseconds after the person's last sound\n +turn +outcome +transcript/)
      const heard = [...listened.stdout.matchAll(/^ +[\d.]+ s +person +(.*)$/gm)].map(([, text]) => text).join(" ")
      // A robotic voice, and a small recogniser that was made for people.
      const reference = words(said(real, "assistant"))
      assert.isAtMost(wordErrors(reference, normalised(heard)) / reference.length, 0.5, heard)
    }),
  )

  it.effect("says the same fast as in real time", () =>
    Effect.gen(function* () {
      const { fast, real } = yield* Talks
      assert.isAtMost(wordErrors(words(said(real, "person")), words(said(fast, "person"))), 1)
      assert.deepStrictEqual(said(fast, "assistant").map(whole), said(real, "assistant").map(whole))
      assert.deepStrictEqual(
        fast.turns.map(({ outcome }) => outcome),
        real.turns.map(({ outcome }) => outcome),
      )
    }),
  )
})
