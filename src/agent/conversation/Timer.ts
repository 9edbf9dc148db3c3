import { Effect, Fiber, type Scope } from "effect"

/** One thing that is due later; setting it anew forgets the old one. */
export interface Timer {
  readonly set: (work: Effect.Effect<void>) => Effect.Effect<void>
  readonly clear: Effect.Effect<void>
}

export const make: Effect.Effect<Timer, never, Scope.Scope> = Effect.gen(function* () {
  const scope = yield* Effect.scope
  let running: Fiber.RuntimeFiber<void> | undefined
  const clear = Effect.suspend(() => {
    const old = running
    running = undefined
    return old === undefined ? Effect.void : Effect.asVoid(Fiber.interruptFork(old))
  })
  return {
    clear,
    set: (work) =>
      Effect.zipRight(
        clear,
        Effect.map(Effect.forkIn(work, scope), (fiber) => void (running = fiber)),
      ),
  }
})
