// A process with speech engines, to be killed by a test: prints its recogniser's process id and stays.
import { Effect, Option } from "effect"
import { RecognitionEngine, layer } from "../../../src/providers/embedded/RecognitionEngine.ts"

const program = Effect.gen(function* () {
  const engine = yield* RecognitionEngine
  yield* engine.ready
  process.stdout.write(`${Option.getOrThrow(yield* engine.pid)}\n`)
  return yield* Effect.never
})
Effect.runFork(Effect.provide(program, layer({ cacheDir: process.argv[2] ?? "", paths: {} })))
