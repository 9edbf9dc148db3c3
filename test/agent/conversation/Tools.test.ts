import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import { type Tool, ToolError } from "../../../src/domain/llm/Tool.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { callsTool, says, type Scene } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf, silenceWhileDue, toldIn } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const filler = "Let me look that up."
const toolOf = (run: Tool["run"]): Tool => ({ name: "look", description: "looks", parameters: {}, filler, run })
const ask = (person: Person) => Effect.zipRight(person.speak(800), Effect.sleep("30 seconds"))

const use = (run: Tool["run"], thinks: ReadonlyArray<Scene> = [callsTool("look", '{"at":1}'), says("It is red.")]) => {
  const voice = intelligible()
  const outcome = getVirtual(
    talk(
      { voice, tools: [toolOf(run)], hears: Script.list([heard("What colour is it?")]), thinks: Script.list(thinks) },
      ask,
    ),
  )
  return {
    outcome,
    text: voice
      .words(outcome.person)
      .map(({ word }) => word)
      .join(" "),
  }
}
const statuses = (outcome: ReturnType<typeof use>["outcome"]) =>
  eventsOf(outcome, "ToolUsed").map(({ name, status }) => `${name} ${status}`)

describe("a tool", () => {
  it("is given what the model wrote, and the model what the tool answered", () => {
    const asked: Array<string> = []
    const { outcome, text } = use((args) =>
      Effect.as(
        Effect.sync(() => void asked.push(args)),
        "red",
      ),
    )
    expect(asked).toEqual(['{"at":1}'])
    expect(toldIn(outcome, 1)).toEqual([
      ["User", "What colour is it?"],
      ["Assistant", "look"],
      ["ToolResult", "red"],
    ])
    expect(text).toBe("It is red.")
    expect(statuses(outcome)).toEqual(["look running", "look done"])
    expect(outcome.messages[1]?.metadata.tools).toEqual(["look"])
  })

  it("that is slow gets its filler said, once", () => {
    const { outcome, text } = use(() => Effect.as(Effect.sleep("2 seconds"), "red"))
    expect(text).toBe(`${filler} It is red.`)
    const running = eventsOf(outcome, "ToolUsed")[0]?.at ?? 0
    const spoken = eventsOf(outcome, "AssistantTranscript")[0]?.at ?? 0
    expect(Math.abs(spoken - running - defaults.model.toolFillerMillis)).toBeLessThanOrEqual(20)
    expect(outcome.turns[0]?.deadAir).toBe(0)
  })

  it.each<{ readonly what: string; readonly run: Tool["run"]; readonly result: string }>([
    {
      what: "fails",
      run: () => new ToolError({ tool: "look", detail: "it is dark" }),
      result: "Error: it is dark",
    },
    { what: "breaks", run: () => Effect.die(new Error("bug")), result: "Error: the tool is broken" },
    {
      what: "breaks at once",
      run: () => {
        throw new Error("bug")
      },
      result: "Error: the tool is broken",
    },
    { what: "never answers", run: () => Effect.never, result: "Error: no result in 15000 ms" },
  ])("that $what is an error that the model hears of, and can talk about", ({ result, run }) => {
    const { outcome } = use(run)
    expect(toldIn(outcome, 1).at(-1)).toEqual(["ToolResult", result])
    expect(linesOf(outcome)[1]?.[1]).toMatch(/It is red\.$/)
    expect(statuses(outcome)).toEqual(["look running", "look failed"])
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["answered"])
    expect(silenceWhileDue(outcome)).toBeLessThanOrEqual(defaults.deadAir.silenceMillisMax)
  })

  it("that does not exist is an error that the model hears of", () => {
    const { outcome, text } = use(() => Effect.succeed("red"), [callsTool("guess", "{}"), says("I cannot see it.")])
    expect(toldIn(outcome, 1).at(-1)).toEqual(["ToolResult", "There is no tool guess."])
    expect(text).toBe("I cannot see it.")
  })

  it("may be called several times, beside words, within a bound", () => {
    let runs = 0
    const again: Scene = [
      { kind: "text", text: "Hm, again. " },
      { kind: "tool", id: "a", name: "look", arguments: "{}" },
      { kind: "tool", id: "b", name: "look", arguments: "{}" },
      { kind: "finish", reason: "tool-calls" },
    ]
    const { outcome } = use(
      () =>
        Effect.as(
          Effect.sync(() => void runs++),
          "red",
        ),
      Array.from({ length: 20 }, () => again),
    )
    expect(outcome.requests).toHaveLength(defaults.model.toolRoundsMax + 1)
    expect(runs).toBe(2 * outcome.requests.length)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["answered"])
  })

  it("is let go when the person cuts in", () => {
    let running = 0
    const tool = toolOf(() =>
      Effect.acquireUseRelease(
        Effect.sync(() => void running++),
        () => Effect.never,
        () => Effect.sync(() => void running--),
      ),
    )
    const outcome = getVirtual(
      talk(
        {
          tools: [tool],
          hears: Script.list([heard("Look."), heard("Leave it.")]),
          thinks: Script.list([callsTool("look", "{}"), says("Fine.")]),
        },
        (person) =>
          Effect.all([person.speak(800), Effect.sleep("3 seconds"), person.speak(800), Effect.sleep("3 seconds")]),
      ),
    )
    expect(running).toBe(0)
    expect(outcome.requests).toHaveLength(2)
    // A call without its result is an error to most models.
    expect(toldIn(outcome, 1).map(([role]) => role)).toEqual(["User", "Assistant", "User"])
    expect(toldIn(outcome, 1)[1]).toEqual(["Assistant", filler])
  })
})
