import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Option, type Scope, TestClock } from "effect"
import * as HookRegistry from "../../../src/agent/hooks/HookRegistry.ts"
import { type Hook, HookError, LifecycleHooks } from "../../../src/domain/hook/LifecycleHooks.ts"
import { context } from "../../support/Talk.ts"

const failure = new HookError({ hook: "b", event: "onRoomJoined", detail: "no" })
const hook = (name: string, work: Effect.Effect<void, HookError>, onFailure: Hook["onFailure"] = "ignore"): Hook => ({
  name,
  timeout: Duration.seconds(5),
  onFailure,
  onRoomJoined: () => work,
})
const joined = Effect.flatMap(LifecycleHooks, (hooks) =>
  hooks.run("onRoomJoined", (hook) => hook.onRoomJoined?.(context)),
)
const register = (...all: ReadonlyArray<Hook>) =>
  Effect.flatMap(LifecycleHooks, (hooks) => Effect.forEach(all, hooks.register, { discard: true }))
const noting = (calls: Array<string>, name: string) =>
  hook(
    name,
    Effect.sync(() => void calls.push(name)),
  )
const test = (title: string, self: Effect.Effect<void, unknown, LifecycleHooks | Scope.Scope>) =>
  it.scoped(title, () => Effect.provide(self, HookRegistry.layer))

describe("the registry of hooks", () => {
  test(
    "runs them in the order of their registration, and tells of each",
    Effect.gen(function* () {
      const calls: Array<string> = []
      yield* register(noting(calls, "a"), noting(calls, "b"), noting(calls, "c"))
      const outcomes = yield* joined
      expect(calls).toEqual(["a", "b", "c"])
      expect(outcomes.map(({ error, hook }) => [hook.name, Option.isNone(error)])).toEqual([
        ["a", true],
        ["b", true],
        ["c", true],
      ])
    }),
  )

  test(
    "leaves out those without a handler of the event",
    Effect.gen(function* () {
      yield* register(hook("a", Effect.void), { name: "b", timeout: Duration.seconds(1), onFailure: "abort" })
      expect((yield* joined).map(({ hook }) => hook.name)).toEqual(["a"])
    }),
  )

  test(
    "goes on after a failure that is ignored, and tells of it",
    Effect.gen(function* () {
      const calls: Array<string> = []
      yield* register(noting(calls, "a"), hook("b", failure), noting(calls, "c"))
      const outcomes = yield* joined
      expect(calls).toEqual(["a", "c"])
      expect(outcomes.map(({ error }) => error)).toEqual([Option.none(), Option.some(failure), Option.none()])
    }),
  )

  test(
    "stops at a failure that aborts",
    Effect.gen(function* () {
      const calls: Array<string> = []
      yield* register(noting(calls, "a"), hook("b", failure, "abort"), noting(calls, "c"))
      expect(yield* Effect.flip(joined)).toEqual(failure)
      expect(calls).toEqual(["a"])
    }),
  )

  test(
    "gives each its own time, and lets go of one that is too slow",
    Effect.gen(function* () {
      const calls: Array<string> = []
      let running = 0
      const slow = Effect.acquireUseRelease(
        Effect.sync(() => void running++),
        () => Effect.never,
        () => Effect.sync(() => void running--),
      )
      yield* register(hook("slow", slow), hook("slow as well", slow), noting(calls, "c"))
      const run = yield* Effect.fork(joined)
      yield* TestClock.adjust("5 seconds")
      expect(calls).toEqual([])
      yield* TestClock.adjust("5 seconds")
      const outcomes = yield* Fiber.join(run)
      expect(outcomes.map(({ error }) => Option.map(error, ({ detail }) => detail))).toEqual([
        Option.some("took too long"),
        Option.some("took too long"),
        Option.none(),
      ])
      expect(calls).toEqual(["c"])
      expect(running).toBe(0)
    }),
  )

  test(
    "takes a bug of a hook for its failure, wherever it comes up",
    Effect.gen(function* () {
      const calls: Array<string> = []
      const throwing: Hook = {
        ...hook("throws", Effect.void),
        onRoomJoined: () => {
          throw new Error("at once")
        },
      }
      yield* register(hook("dies", Effect.die(new Error("later"))), throwing, noting(calls, "c"))
      const details = (yield* joined).map(({ error }) => Option.getOrUndefined(error)?.detail ?? "")
      expect(details[0]).toMatch(/later/)
      expect(details[1]).toMatch(/at once/)
      expect(calls).toEqual(["c"])
    }),
  )

  test(
    "forgets a hook with its scope",
    Effect.gen(function* () {
      const calls: Array<string> = []
      yield* register(noting(calls, "stays"))
      yield* Effect.scoped(Effect.zipRight(register(noting(calls, "goes")), joined))
      yield* joined
      expect(calls).toEqual(["stays", "goes", "stays"])
    }),
  )
})
