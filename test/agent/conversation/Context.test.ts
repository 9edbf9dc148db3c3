import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import type { Tool } from "../../../src/domain/llm/Tool.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { callsTool, says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { intelligible, linesOf, spansOf, toldIn } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const id = (count: number) => `00000000-0000-4000-8000-1${String(count).padStart(11, "0")}`
const typeAll = (texts: ReadonlyArray<string>) => (person: Person) =>
  Effect.forEach(texts, (text, index) => Effect.zipRight(person.type(text, id(index)), Effect.sleep("4 seconds")), {
    discard: true,
  })

describe("what the model is told", () => {
  it("begins with who it is, whom it talks with, and when", () => {
    const settings = {
      assistantName: "Marvin",
      systemPrompt: "{assistant} talks {language} with {person} on {date} at {time}; {other} stays.",
    }
    const outcome = getVirtual(talk({ settings, thinks: Script.list([says("Hello.")]) }, typeAll(["hello"])))
    const [prompt] = outcome.requests[0]?.messages ?? []
    expect(prompt).toMatchObject({
      _tag: "System",
      text: expect.stringMatching(/^Marvin talks en with Ada on .*20\d\d.* at \d.*; \{other\} stays\.$/),
    })
  })

  it("is the whole talk while it fits", () => {
    const outcome = getVirtual(
      talk({ thinks: Script.list([says("One."), says("Two."), says("Three.")]) }, typeAll(["a", "b", "c"])),
    )
    expect(toldIn(outcome, 2)).toEqual([
      ["User", "a"],
      ["Assistant", "One."],
      ["User", "b"],
      ["Assistant", "Two."],
      ["User", "c"],
    ])
  })

  it("loses the oldest exchanges whole, and says so, when it does not fit", () => {
    const look: Tool = {
      name: "look",
      description: "looks",
      parameters: {},
      filler: "Looking.",
      run: () => Effect.succeed("x".repeat(400)),
    }
    const rounds = 6
    const scenes = Array.from({ length: rounds }, (_, index) => [
      callsTool("look", "{}", `call${index}`),
      says(`Answer ${index}.`),
    ]).flat()
    const outcome = getVirtual(
      talk(
        {
          tools: [look],
          settings: { model: { ...defaults.model, contextTokensMax: 300 } },
          thinks: Script.list(scenes),
        },
        typeAll(Array.from({ length: rounds }, (_, index) => `question ${index}`)),
      ),
    )
    const { messages } = outcome.requests[(rounds - 1) * 2] ?? { messages: [] }
    expect(messages[1]).toMatchObject({ _tag: "System", text: "The beginning of this conversation was left out." })
    const kept = messages.slice(2)
    expect(kept[0]).toMatchObject({ _tag: "User", text: "question 3" })
    expect(kept.at(-1)).toMatchObject({ _tag: "User", text: `question ${rounds - 1}` })
    const calls = kept.flatMap((message) => (message._tag === "Assistant" ? message.toolCalls.map(({ id }) => id) : []))
    const results = kept.flatMap((message) => (message._tag === "ToolResult" ? [message.callId] : []))
    expect(results).toEqual(calls)
    expect(results).toEqual(["call3", "call4"])
  })

  it("holds the bounds of its answer and the tools", () => {
    const outcome = getVirtual(talk({ thinks: Script.list([says("Hello.")]) }, typeAll(["hello"])))
    expect(outcome.requests[0]).toMatchObject({ outputTokensMax: defaults.model.outputTokensMax, tools: [] })
  })
})

describe("a greeting", () => {
  const settings = { greeting: "Hello {person}, I am {assistant}. How can I help?" }

  it("is said when the person comes, stored, and known to the model", () => {
    const voice = intelligible()
    const outcome = getVirtual(
      talk({ voice, settings, thinks: Script.list([says("Good.")]) }, (person) =>
        Effect.all([Effect.sleep("3 seconds"), person.type("hello", id(1)), Effect.sleep("3 seconds")]),
      ),
    )
    const greeting = "Hello Ada, I am Parley. How can I help?"
    expect(
      voice
        .words(outcome.person)
        .map(({ word }) => word)
        .join(" "),
    ).toBe(`${greeting} Good.`)
    expect(spansOf(outcome.person)[0]?.from).toBeLessThanOrEqual(20)
    expect(linesOf(outcome)[0]).toEqual(["assistant", greeting])
    expect(toldIn(outcome, 0)).toEqual([
      ["Assistant", greeting],
      ["User", "hello"],
    ])
    expect(outcome.turns.map(({ index, source }) => [index, source])).toEqual([
      [0, "assistant"],
      [1, "text"],
    ])
  })

  it("is left when it is empty", () => {
    const outcome = getVirtual(talk({ settings: { greeting: "" } }, () => Effect.sleep("5 seconds")))
    expect(spansOf(outcome.person)).toEqual([])
    expect(outcome.turns).toEqual([])
  })
})
