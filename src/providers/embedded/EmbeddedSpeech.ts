import { Layer } from "effect"
import * as Flite from "./Flite.ts"
import type { ModelPaths } from "./Models.ts"
import * as Moonshine from "./Moonshine.ts"
import * as RecognitionEngine from "./RecognitionEngine.ts"
import * as Silero from "./Silero.ts"
import * as SynthesisEngine from "./SynthesisEngine.ts"

export interface EmbeddedSpeechOptions extends Flite.FliteOptions {
  /** Where what is derived from the models is kept; made when it is missing. */
  readonly cacheDir: string
  readonly paths?: ModelPaths
}

/**
 * Hearing and speaking without any service: the three ports and both engines behind them, which start in the background. Build
 * it once a process. `RecognitionEngine.ready` and `SynthesisEngine.ready` tell when they are loaded, or why not.
 */
export const layer = ({ cacheDir, paths = {}, ...voice }: EmbeddedSpeechOptions) =>
  Layer.provideMerge(
    Layer.mergeAll(Moonshine.layer, Silero.layer, Flite.layer(voice)),
    Layer.merge(RecognitionEngine.layer({ cacheDir, paths }), SynthesisEngine.layer({ cacheDir, paths })),
  )
