import { Array, Cause, Effect, Layer, Option, Ref } from "effect"
import { type Hook, HookError, type HookOutcome, LifecycleHooks } from "../../domain/hook/LifecycleHooks.ts"

const runOne = (
  hook: Hook,
  event: string,
  work: Effect.Effect<void, HookError>,
): Effect.Effect<Option.Option<HookError>, HookError> => {
  const failed = (detail: string) => new HookError({ hook: hook.name, event, detail })
  return work.pipe(
    Effect.timeoutFail({ duration: hook.timeout, onTimeout: () => failed("took too long") }),
    // A hook is somebody else's code: its bugs are its failures, and not the conversation's end.
    Effect.catchAllDefect((defect) => Effect.fail(failed(Cause.pretty(Cause.die(defect))))),
    Effect.as(Option.none<HookError>()),
    Effect.catchAll((error) =>
      hook.onFailure === "abort"
        ? Effect.fail(error)
        : Effect.as(Effect.logWarning(`hook failed: ${error.message}`), Option.some(error)),
    ),
    Effect.withSpan("LifecycleHooks.run", { attributes: { hook: hook.name, event } }),
  )
}

export const layer: Layer.Layer<LifecycleHooks> = Layer.effect(
  LifecycleHooks,
  Effect.gen(function* () {
    const hooks = yield* Ref.make<ReadonlyArray<Hook>>([])
    return LifecycleHooks.of({
      register: (hook) =>
        Effect.acquireRelease(
          Ref.update(hooks, (all) => [...all, hook]),
          () => Ref.update(hooks, (all) => all.filter((other) => other !== hook)),
        ),
      run: Effect.fnUntraced(function* (event, call) {
        const outcomes: Array<HookOutcome> = []
        for (const hook of yield* Ref.get(hooks)) {
          const work = yield* Effect.catchAllDefect(
            Effect.sync(() => call(hook)),
            (defect) => Effect.succeed(Effect.die(defect)),
          )
          if (work !== undefined) outcomes.push({ hook, error: yield* runOne(hook, event, work) })
        }
        return Array.fromIterable(outcomes)
      }),
    })
  }),
)
