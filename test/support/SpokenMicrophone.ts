import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { Chunk, Effect, Layer, type Scope, Stream } from "effect"
import { concat, inputSampleRate, type PcmFrame, silence } from "../../src/domain/speech/PcmFrame.ts"
import * as Resampler from "../../src/domain/speech/Resampler.ts"
import { TextToSpeech } from "../../src/domain/speech/TextToSpeech.ts"
import * as Wav from "../../src/infra/audio/Wav.ts"
import * as Flite from "../../src/providers/embedded/Flite.ts"
import * as SynthesisEngine from "../../src/providers/embedded/SynthesisEngine.ts"

/** What browsers expect of a microphone. */
const microphoneRate = 48_000
/** A man; the assistant's own voice is a woman's. */
const personVoice = "rms"

/** Milliseconds of silence, a text to be said, or a recording at 16 kHz. */
export type Part = number | string | PcmFrame

const resampled = (frame: PcmFrame, sampleRate: number): PcmFrame => {
  const resampler = Resampler.make(frame.sampleRate, sampleRate)
  return concat([resampler.push(frame), resampler.flush()], sampleRate)
}

const spoken = (text: string) =>
  Effect.gen(function* () {
    const voice = yield* TextToSpeech
    const chunks = yield* Stream.runCollect(voice.synthesize({ text, language: "en", voice: personVoice }))
    const frames = Chunk.toReadonlyArray(chunks).map(({ frame }) => frame)
    return concat(frames, frames[0]?.sampleRate ?? inputSampleRate)
  })

/** Parts one after the other. */
export const recording = (parts: ReadonlyArray<Part>, sampleRate: number) =>
  Effect.map(
    Effect.forEach(parts, (part) => {
      if (typeof part === "number") return Effect.succeed(silence(part, sampleRate))
      return Effect.map(typeof part === "string" ? spoken(part) : Effect.succeed(part), (frame) =>
        resampled(frame, sampleRate),
      )
    }),
    (frames) => concat(frames, sampleRate),
  )

/** The path of a WAV that a browser can take for a microphone; it goes with the scope. */
export const make = (parts: ReadonlyArray<Part>): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    const engine = SynthesisEngine.layer({ cacheDir: `${folder}/cache`, paths: {} })
    const said = yield* recording(parts, microphoneRate).pipe(Effect.provide(Flite.layer().pipe(Layer.provide(engine))))
    yield* Wav.writeFile(`${folder}/microphone.wav`, said)
    return `${folder}/microphone.wav`
  }).pipe(Effect.provide(BunContext.layer), Effect.orDie)
