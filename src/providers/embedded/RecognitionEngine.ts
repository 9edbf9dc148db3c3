import { Context, Effect, Layer, type Option, type Scope } from "effect"
import type { ProviderError } from "../../domain/speech/ProviderError.ts"
import type { VadSession } from "../../domain/speech/VoiceActivityDetector.ts"
import { spawn } from "./EngineChild.ts"
import { decodeDeadline, detectDeadline, waitingMax, waitingPartialsMax } from "./EnginePolicy.ts"
import * as EngineProcess from "./EngineProcess.ts"
import type { Decoded, EngineSetup, RecognitionCalls } from "./EngineProtocol.ts"
import * as FairQueue from "./FairQueue.ts"

/** The one engine that all conversations of a process share: Moonshine and Silero in a process of their own. */
export class RecognitionEngine extends Context.Tag("parley/providers/embedded/RecognitionEngine")<
  RecognitionEngine,
  {
    /** Waits until the models are loaded; fails when they cannot be. Nobody has to wait: requests do so by themselves. */
    readonly ready: Effect.Effect<void, ProviderError>
    readonly pid: Effect.Effect<Option.Option<number>>
    /** A number of its own for a stream of audio, for `decode`. */
    readonly newStream: Effect.Effect<number>
    /** 16 kHz mono. Streams get their turns one after the other, finals before partials. */
    readonly decode: (
      stream: number,
      samples: Int16Array,
      kind: "partial" | "final",
    ) => Effect.Effect<Decoded, ProviderError>
    /** Other requests wait already: what can be left out should be. */
    readonly busy: Effect.Effect<boolean>
    /** A person's audio for the voice detector, in windows of 512 samples at 16 kHz. A restart of the engine begins it anew. */
    readonly openDetector: Effect.Effect<VadSession, never, Scope.Scope>
  }
>() {}

const provider = "embedded recognition"

/** Starts the engine in the background; it is built at once. */
export const layer = (setup: EngineSetup): Layer.Layer<RecognitionEngine> =>
  Layer.scoped(
    RecognitionEngine,
    Effect.gen(function* () {
      const engine = yield* EngineProcess.make<RecognitionCalls>({
        provider,
        spawn: spawn({ provider, role: "recognition", setup }),
      })
      const queue = yield* FairQueue.make({ provider, waitingMax, waitingPostponableMax: waitingPartialsMax })
      let streams = 0
      const newStream = Effect.sync(() => ++streams)

      const openDetector = Effect.gen(function* () {
        const session = yield* newStream
        yield* Effect.addFinalizer(() => Effect.ignore(engine.call("forget", { session }, detectDeadline)))
        const accept: VadSession["accept"] = ({ samples }) =>
          // A copy: a view would send the whole buffer behind it.
          engine.call("detect", { session, window: samples.slice() }, detectDeadline)
        return { accept }
      })
      return RecognitionEngine.of({
        ready: engine.ready,
        pid: engine.pid,
        newStream,
        decode: (stream, samples, kind) =>
          queue.run(
            { operation: "decode", stream, postponable: kind === "partial" },
            engine.call("decode", { samples }, decodeDeadline),
          ),
        busy: Effect.map(queue.waiting, (waiting) => waiting > 0),
        openDetector,
      })
    }),
  )
