import { Effect, Schedule } from "effect"
import { HookError, type HookHandlers } from "../../domain/hook/LifecycleHooks.ts"
import type { StorageError } from "../../domain/StorageError.ts"

/** A store that is away is asked again for as long as the hook's own timeout lets it. */
const whileAway = Schedule.exponential("100 millis").pipe(
  Schedule.union(Schedule.spaced("3 seconds")),
  Schedule.jittered,
)

/** Waits for a store that is away, and says every other failure in the registry's words. */
export const storing =
  (hook: string, event: keyof HookHandlers) =>
  <E extends { readonly _tag: string; readonly message: string }>(
    work: Effect.Effect<void, E | StorageError>,
  ): Effect.Effect<void, HookError> =>
    work.pipe(
      Effect.tapError((error) =>
        error._tag === "StorageError" ? Effect.logWarning(`store is away: ${error.message}`) : Effect.void,
      ),
      Effect.retry({ schedule: whileAway, while: (error) => error._tag === "StorageError" }),
      Effect.mapError((error) => new HookError({ hook, event, detail: error.message })),
    )
