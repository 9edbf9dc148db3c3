import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Ref, Scope, TestClock } from "effect"
import * as BuiltInTools from "../../../src/agent/tools/BuiltInTools.ts"
import { timersMax } from "../../../src/agent/tools/TimerTool.ts"
import { ConversationControl } from "../../../src/domain/conversation/ConversationControl.ts"
import { Toolbox } from "../../../src/domain/llm/Tool.ts"

/** An opened toolbox, and what it did to its conversation. */
const opened = Effect.gen(function* () {
  const announced = yield* Ref.make<ReadonlyArray<string>>([])
  const ended = yield* Ref.make(0)
  const toolbox = yield* Toolbox
  const tools = yield* toolbox.open.pipe(
    Effect.provideService(ConversationControl, {
      announce: (text) => Ref.update(announced, (all) => [...all, text]),
      end: Ref.update(ended, (n) => n + 1),
    }),
  )
  const use = (name: string, args: unknown) => {
    const tool = tools.find((each) => each.name === name)
    return tool === undefined
      ? Effect.dieMessage(`no tool ${name}`)
      : tool.run(typeof args === "string" ? args : JSON.stringify(args))
  }
  return { tools, use, announced: Ref.get(announced), ended: Ref.get(ended) }
}).pipe(Effect.provide(BuiltInTools.layer({ timeZone: "Europe/Berlin" })))

const at = (iso: string) => TestClock.setTime(DateTime.unsafeMake(iso).epochMillis)

describe("built-in tools", () => {
  it.scoped("tell the model what they take", () =>
    Effect.gen(function* () {
      const { tools } = yield* opened
      assert.deepStrictEqual(
        tools.map(({ name }) => name),
        ["clock", "timer", "calculator", "end_conversation"],
      )
      for (const { parameters } of tools) assert.strictEqual(parameters["type"], "object")
      const timer = tools.find(({ name }) => name === "timer")
      assert.deepNestedInclude(timer?.parameters, {
        required: ["action"],
        "properties.action.enum": ["set", "list", "cancel"],
        "properties.seconds.maximum": 86_400,
      })
    }),
  )

  const broken: ReadonlyArray<[string, unknown, RegExp]> = [
    ["timer", "{", /not valid JSON/],
    ["timer", { action: "explode" }, /action: Expected "set", actual "explode"/],
    ["timer", { action: "set", seconds: "ten" }, /seconds: Expected number/],
    ["timer", { action: "set" }, /seconds are missing/],
    ["timer", { action: "set", seconds: 0 }, /seconds/],
    ["calculator", {}, /expression: is missing/],
    ["calculator", { expression: "1".repeat(5_000) }, /too long/],
    ["clock", { place: "Atlantis" }, /do not know where Atlantis is/],
    ["clock", "[]", /wrong arguments/],
  ]
  for (const [name, args, message] of broken) {
    it.scoped(`${name} says what is wrong with ${JSON.stringify(args).slice(0, 40)}`, () =>
      Effect.gen(function* () {
        const { use } = yield* opened
        const error = yield* Effect.flip(use(name, args))
        assert.strictEqual(error.tool, name)
        assert.match(error.detail, message)
      }),
    )
  }

  const times: ReadonlyArray<[string | undefined, string, string]> = [
    [undefined, "2:05 AM", "Europe/Berlin"],
    ["Tokyo", "10:05 AM", "Asia/Tokyo"],
    ["new york", "8:05 PM", "America/New_York"],
    ["São Paulo", "10:05 PM", "America/Sao_Paulo"],
    ["Germany", "2:05 AM", "Europe/Berlin"],
    ["Paris, France", "2:05 AM", "Europe/Paris"],
    ["the UK", "1:05 AM", "Europe/London"],
    ["Asia/Kolkata", "6:35 AM", "Asia/Kolkata"],
  ]
  for (const [place, time, timeZone] of times) {
    it.scoped(`clock: ${place ?? "here"}`, () =>
      Effect.gen(function* () {
        yield* at("2026-11-25T01:05:00Z")
        const { use } = yield* opened
        const answer = JSON.parse(yield* use("clock", place === undefined ? "" : { place }))
        assert.deepInclude(answer, { time, timeZone })
        assert.match(answer.date, /^(Tuesday, November 24|Wednesday, November 25), 2026$/)
      }),
    )
  }

  const sums: ReadonlyArray<[string, string]> = [
    ["17*12", "204"],
    ["15% of 80", "12"],
    ["50%", "0.5"],
    ["17 % 5", "2"],
    ["1,234,567 + 1", "1234568"],
    ["0.1+0.2", "0.3"],
    ["2**10", "1024"],
    ["sqrt(144)", "12"],
    ["-2^2", "-4"],
    ["1/3", "0.333333333333"],
  ]
  for (const [expression, result] of sums) {
    it.scoped(`calculator: ${expression}`, () =>
      Effect.gen(function* () {
        const { use } = yield* opened
        assert.strictEqual(yield* use("calculator", { expression }), result)
      }),
    )
  }

  for (const expression of [
    "1/0",
    "0/0",
    "2+",
    "random()",
    "170!",
    "x=5",
    "f(x)=x",
    "'a'",
    "constructor",
    "toString.constructor('return 1')()",
    "__proto__",
  ]) {
    it.scoped(`calculator refuses ${expression}`, () =>
      Effect.gen(function* () {
        const { use } = yield* opened
        const error = yield* Effect.flip(use("calculator", { expression }))
        assert.strictEqual(error._tag, "ToolError")
      }),
    )
  }

  it.scoped("a timer is listed while it runs, and announced when it is over", () =>
    Effect.gen(function* () {
      const { use, announced } = yield* opened
      yield* use("timer", { action: "set", seconds: 90 })
      yield* use("timer", { action: "set", seconds: 60, label: "tea" })
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(JSON.parse(yield* use("timer", { action: "list" })).timers, [
        { label: "tea", secondsLeft: 30, spoken: "30 seconds" },
        { label: "", secondsLeft: 60, spoken: "1 minute" },
      ])
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* announced, ["Your tea timer is done."])
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* announced, [
        "Your tea timer is done.",
        "Your timer for 1 minute 30 seconds is done.",
      ])
      assert.deepStrictEqual(JSON.parse(yield* use("timer", { action: "list" })), { timers: [] })
    }),
  )

  it.scoped("cancels one timer, or all", () =>
    Effect.gen(function* () {
      const { use, announced } = yield* opened
      for (const label of ["tea", "eggs", "bread"]) yield* use("timer", { action: "set", seconds: 60, label })
      assert.deepStrictEqual(JSON.parse(yield* use("timer", { action: "cancel", label: "Tea" })), { cancelled: 1 })
      assert.deepStrictEqual(JSON.parse(yield* use("timer", { action: "cancel" })), { cancelled: 2 })
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* announced, [])
    }),
  )

  it.scoped("bounds how many timers run", () =>
    Effect.gen(function* () {
      const { use } = yield* opened
      for (let n = 0; n < timersMax; n++) yield* use("timer", { action: "set", seconds: 60 })
      const error = yield* Effect.flip(use("timer", { action: "set", seconds: 60 }))
      assert.match(error.detail, /running already/)
    }),
  )

  it.effect("timers end with their conversation", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { use, announced } = yield* Scope.extend(opened, scope)
      yield* use("timer", { action: "set", seconds: 60 })
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(yield* announced, [])
    }),
  )

  it.scoped("ends the conversation", () =>
    Effect.gen(function* () {
      const { use, ended } = yield* opened
      yield* use("end_conversation", "")
      assert.strictEqual(yield* ended, 1)
    }),
  )
})
