import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Option, Schedule, Scope, Stream } from "effect"
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SpeechToText } from "../../../src/domain/speech/SpeechToText.ts"
import { VoiceActivityDetector } from "../../../src/domain/speech/VoiceActivityDetector.ts"
import * as EmbeddedSpeech from "../../../src/providers/embedded/EmbeddedSpeech.ts"
import { verify } from "../../../src/providers/embedded/ModelCheck.ts"
import { modelPath, models } from "../../../src/providers/embedded/Models.ts"
import { RecognitionEngine } from "../../../src/providers/embedded/RecognitionEngine.ts"
import { SynthesisEngine } from "../../../src/providers/embedded/SynthesisEngine.ts"
import { finalText } from "../../contract/SpeechToText.ts"
import { frames, humanClip, padded, streamed } from "../../support/Speech.ts"

const cacheDir = `${tmpdir()}/parley-test-speech`
const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "parley-models-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true })),
)
/** The model's file with one byte of its middle changed. */
const broken = (name: keyof typeof models, into: string) => {
  const path = join(into, `${name}.bin`)
  cpSync(modelPath(models[name], {}) ?? "", path)
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1)
  writeFileSync(path, bytes)
  return path
}
const alive = (pid: number) =>
  Effect.sync(() => Exit.isSuccess(Effect.runSyncExit(Effect.try(() => process.kill(pid, 0)))))
const untilGone = (pid: number) =>
  alive(pid).pipe(
    Effect.repeat({ schedule: Schedule.spaced("20 millis"), while: (running) => running }),
    Effect.timeout("5 seconds"),
  )
const runningPid = Effect.flatMap(RecognitionEngine, (engine) =>
  Effect.zipRight(
    engine.ready,
    Effect.flatMap(engine.pid, Option.match({ onNone: () => Effect.die("not running"), onSome: Effect.succeed })),
  ),
)
const clip = padded(humanClip("0870"), 300, 300)
const transcribe = (speed?: number) =>
  Effect.flatMap(SpeechToText, (stt) => Stream.runCollect(stt.transcribe(streamed(clip, speed), { language: "en" })))

describe("model files", () => {
  it.live("are whole as they are installed", () =>
    Effect.gen(function* () {
      for (const report of yield* verify()) assert.strictEqual(report.integrity, "whole", report.name)
    }),
  )

  it.scopedLive("that are missing or corrupt are named, with what to do", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const reports = yield* verify({ flite: join(path, "nothing"), "silero-vad": broken("silero-vad", path) })
      const found = Object.fromEntries(reports.map((report) => [report.name, report]))
      assert.strictEqual(found["flite"]?.integrity, "missing")
      assert.strictEqual(found["silero-vad"]?.integrity, "corrupt")
      assert.match(found["silero-vad"]?.remedy ?? "", /bun install --force/)
      assert.strictEqual(found["moonshine-encoder"]?.integrity, "whole")
    }),
  )

  it.scopedLive(
    "that are corrupt fail every request with the file and the remedy, and abort nothing",
    () =>
      Effect.gen(function* () {
        const path = yield* folder
        const decoder = broken("moonshine-decoder", path)
        const flite = broken("flite", path)
        const layer = EmbeddedSpeech.layer({ cacheDir, paths: { "moonshine-decoder": decoder, flite } })
        const context = yield* Layer.build(layer)
        const refused = yield* Effect.flip(Effect.provide(transcribe(), context))
        assert.strictEqual(refused.reason._tag, "Rejected")
        assert.include(refused.message, decoder)
        assert.match(refused.message, /bun install --force/)
        const silent = yield* Effect.flip(
          Effect.provide(
            Effect.flatMap(SynthesisEngine, ({ ready }) => ready),
            context,
          ),
        )
        assert.include(silent.message, flite)
      }),
    20_000,
  )
})

describe("a speech engine that is killed", () => {
  it.scopedLive(
    "costs the utterance in flight; the next one and the open voice detector go on",
    () =>
      Effect.gen(function* () {
        const context = yield* Layer.build(EmbeddedSpeech.layer({ cacheDir }))
        yield* Effect.gen(function* () {
          const detector = yield* VoiceActivityDetector
          const session = yield* detector.open
          const windows = frames(clip, detector.windowSamples)
          const pid = yield* runningPid
          const utterance = yield* Effect.fork(
            Effect.flip(Effect.flatMap(RecognitionEngine, (engine) => engine.decode(1, clip.samples, "final"))),
          )
          // The engine has the request once it has answered one that came after it.
          yield* Effect.forEach(windows.slice(0, 1), session.accept)
          process.kill(pid, "SIGKILL")
          const failure = yield* Fiber.join(utterance)
          assert.strictEqual(failure.reason._tag, "Unavailable")
          assert.match(failure.message, /SIGKILL/)
          assert.match(finalText([...(yield* transcribe())]), /John Dashwood/)
          const heard = yield* Effect.forEach(windows, session.accept)
          assert.isAbove(Math.max(...heard), 0.9)
          assert.notStrictEqual(yield* runningPid, pid)
        }).pipe(Effect.provide(context))
      }),
    30_000,
  )

  it.scopedLive(
    "ends with the layer",
    () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const context = yield* Effect.provideService(
          Layer.build(EmbeddedSpeech.layer({ cacheDir })),
          Scope.Scope,
          scope,
        )
        const pid = yield* Effect.provide(runningPid, context)
        yield* Scope.close(scope, Exit.void)
        yield* untilGone(pid)
      }),
    20_000,
  )

  it.scopedLive(
    "ends with its parent, also when that is killed, and not by Ctrl-C",
    () =>
      Effect.gen(function* () {
        const parent = yield* Effect.acquireRelease(
          Effect.sync(() =>
            Bun.spawn([process.execPath, `${import.meta.dirname}/EngineParent.ts`, cacheDir], {
              stdio: ["ignore", "pipe", "ignore"],
            }),
          ),
          (parent) => Effect.sync(() => parent.kill("SIGKILL")),
        )
        const line = yield* Stream.fromReadableStream({ evaluate: () => parent.stdout, onError: String }).pipe(
          Stream.decodeText(),
          Stream.splitLines,
          Stream.runHead,
        )
        const pid = Number(Option.getOrThrow(line))
        process.kill(pid, "SIGINT")
        assert.isTrue(yield* alive(pid))
        parent.kill("SIGKILL")
        yield* untilGone(pid)
      }),
    20_000,
  )
})
