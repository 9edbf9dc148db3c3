import { Context, Effect, Layer, type Option } from "effect"
import type { ProviderError } from "../../domain/speech/ProviderError.ts"
import { spawn } from "./EngineChild.ts"
import { speakDeadline, waitingMax } from "./EnginePolicy.ts"
import * as EngineProcess from "./EngineProcess.ts"
import type { EngineSetup, Spoken, SynthesisCalls } from "./EngineProtocol.ts"
import * as FairQueue from "./FairQueue.ts"

/** The one voice engine that all conversations of a process share: Flite in a process of its own. */
export class SynthesisEngine extends Context.Tag("parley/providers/embedded/SynthesisEngine")<
  SynthesisEngine,
  {
    /** Waits until the voices are loaded; fails when they cannot be. Nobody has to wait: requests do so by themselves. */
    readonly ready: Effect.Effect<void, ProviderError>
    readonly pid: Effect.Effect<Option.Option<number>>
    /** A number of its own for a stream of speech; streams get their turns one after the other. */
    readonly newStream: Effect.Effect<number>
    /** Pieces of plain words and punctuation, ASCII, spoken as one text. */
    readonly speak: (
      stream: number,
      pieces: ReadonlyArray<string>,
      voice: string,
    ) => Effect.Effect<Spoken, ProviderError>
  }
>() {}

const provider = "embedded synthesis"

/** Starts the engine in the background; it is built at once. */
export const layer = (setup: EngineSetup): Layer.Layer<SynthesisEngine> =>
  Layer.scoped(
    SynthesisEngine,
    Effect.gen(function* () {
      const engine = yield* EngineProcess.make<SynthesisCalls>({
        provider,
        spawn: spawn({ provider, role: "synthesis", setup }),
      })
      const queue = yield* FairQueue.make({ provider, waitingMax, waitingPostponableMax: waitingMax })
      let streams = 0
      return SynthesisEngine.of({
        ready: engine.ready,
        pid: engine.pid,
        newStream: Effect.sync(() => ++streams),
        speak: (stream, pieces, voice) =>
          queue.run(
            { operation: "speak", stream, postponable: false },
            engine.call("speak", { pieces, voice }, speakDeadline),
          ),
      })
    }),
  )
