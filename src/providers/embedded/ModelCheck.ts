import { Effect } from "effect"
import { inspectModel, type ModelReport } from "./ModelIntegrity.ts"
import { type ModelPaths, models } from "./Models.ts"

/** Says of each model file whether it is whole, missing or corrupt, and what to do about it. Reads about 52 MB. */
export const verify = (paths: ModelPaths = {}): Effect.Effect<ReadonlyArray<ModelReport>> =>
  Effect.forEach(Object.values(models), (model) => Effect.promise(() => inspectModel(model, paths))).pipe(
    Effect.withSpan("Models.verify"),
  )
