import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer } from "effect"
import { ConversationControl } from "../../../src/domain/conversation/ConversationControl.ts"
import { type Tool, Toolbox } from "../../../src/domain/llm/Tool.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { callsTool, says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, linesOf, spansOf, toldIn } from "../../support/Listener.ts"
import { talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

type Control = typeof ConversationControl.Service

/** A tool that does something to its conversation. */
const controlling = (name: string, act: (control: Control) => Effect.Effect<unknown>) =>
  Layer.succeed(Toolbox, {
    open: Effect.gen(function* () {
      const control = yield* ConversationControl
      const scope = yield* Effect.scope
      const tool: Tool = {
        name,
        description: name,
        parameters: {},
        filler: "One moment.",
        run: () => Effect.as(Effect.forkIn(act(control), scope), "done"),
      }
      return [tool]
    }),
  })
const timer = (millis: number, text = "Your tea is ready.") =>
  controlling("timer", (control) => Effect.zipRight(Effect.sleep(millis), control.announce(text)))
const asks = () => ({
  hears: Script.list([heard("Set a timer."), heard("Are you there?"), heard("And now?")]),
  thinks: Script.list([callsTool("timer", "{}"), says("It is set."), says("Yes, I am."), says("Now, too.")]),
})

describe("an announcement", () => {
  it("is said when nobody speaks, and the model knows of it", () => {
    const outcome = getVirtual(
      talk({ instead: timer(5_000), ...asks() }, (person) =>
        Effect.all([person.speak(800), Effect.sleep("10 seconds"), person.speak(800), Effect.sleep("5 seconds")]),
      ),
    )
    expect(linesOf(outcome).map(([, text]) => text)).toEqual([
      "Set a timer.",
      "It is set.",
      "Your tea is ready.",
      "Are you there?",
      "Yes, I am.",
    ])
    expect(toldIn(outcome, 2)).toContainEqual(["Assistant", "Your tea is ready."])
    expect(outcome.turns.map(({ source }) => source)).toEqual(["speech", "assistant", "speech"])
  })

  it("waits for the person to finish, and for their answer", () => {
    const outcome = getVirtual(
      talk({ instead: timer(5_000), ...asks() }, (person) =>
        Effect.all([person.speak(800), Effect.sleep("4 seconds"), person.speak(3_000), Effect.sleep("8 seconds")]),
      ),
    )
    expect(linesOf(outcome).map(([, text]) => text)).toEqual([
      "Set a timer.",
      "It is set.",
      "Are you there?",
      "Yes, I am.",
      "Your tea is ready.",
    ])
    expect(spansOf(outcome.person)[1]?.from).toBeGreaterThan(7_800)
  })

  it("is kept while many wait, up to a bound", () => {
    const many = controlling("timer", (control) =>
      Effect.forEach(Array.from({ length: 30 }), (_, index) => control.announce(`Bell ${index}.`)),
    )
    const outcome = getVirtual(
      talk({ instead: many, ...asks() }, (person) => Effect.zipRight(person.speak(800), Effect.sleep("30 seconds"))),
    )
    const said = linesOf(outcome).filter(([, text]) => text.startsWith("Bell"))
    expect(said.map(([, text]) => text)).toEqual(Array.from({ length: 16 }, (_, index) => `Bell ${index}.`))
  })

  it("of a talk that is over is heard by nobody, and holds nothing up", () => {
    const outcome = getVirtual(
      talk({ instead: timer(60_000), ...asks() }, (person) =>
        Effect.zipRight(person.speak(800), Effect.sleep("5 seconds")),
      ),
    )
    expect(linesOf(outcome)).toHaveLength(2)
    expect(outcome.fibersLeft).toBe(0)
  })
})

describe("a tool that ends the talk", () => {
  const ending = controlling("timer", (control) => control.end)

  it("ends it after the answer, which is heard whole", () => {
    const outcome = getVirtual(
      talk({ instead: ending, ...asks() }, (person) => Effect.zipRight(person.speak(800), Effect.sleep("60 seconds"))),
    )
    expect(outcome.reason).toEqual(Exit.succeed("assistant"))
    expect(linesOf(outcome)).toEqual([
      ["user", "Set a timer."],
      ["assistant", "It is set."],
    ])
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["answered"])
    expect(eventsOf(outcome, "Ended").map(({ reason }) => reason)).toEqual(["assistant"])
    expect(eventsOf(outcome, "Ended")[0]?.at).toBeLessThan(5_000)
  })

  it("does not end it when the person has more to say", () => {
    const outcome = getVirtual(
      talk({ instead: ending, ...asks() }, (person) =>
        Effect.all([person.speak(800), Effect.sleep(500), person.speak(900), Effect.sleep("10 seconds")]),
      ),
    )
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    expect(linesOf(outcome).at(-1)).toEqual(["assistant", "Yes, I am."])
  })
})
