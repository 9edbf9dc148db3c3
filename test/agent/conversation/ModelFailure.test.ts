import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Stream } from "effect"
import * as Phrases from "../../../src/agent/conversation/Phrases.ts"
import { ChatPart, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import { Truncated, Unavailable } from "../../../src/domain/speech/ProviderError.ts"
import type { Trouble } from "../../../src/providers/scripted/Script.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says, type Scene } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const phrases = Phrases.forLanguage("en")
const down: Trouble = { kind: "fail", reason: new Unavailable({ detail: "down" }) }
const cut: Trouble = { kind: "fail", reason: new Truncated() }
const empty: Scene = [{ kind: "finish", reason: "stop" }]
const askTwice = (person: Person) =>
  Effect.all([person.speak(800), Effect.sleep("8 seconds"), person.speak(800), Effect.sleep("8 seconds")])

/** The first question is answered by `first` (asked early, and again when that failed), the second one well. */
const ask = (first: ReadonlyArray<Scene>) => {
  const voice = intelligible()
  const outcome = getVirtual(
    talk(
      {
        voice,
        hears: Script.list([heard("First question."), heard("Second question.")]),
        thinks: Script.list([...first, says("Second answer.")]),
      },
      askTwice,
    ),
  )
  return { outcome, words: voice.words(outcome.person).map(({ word }) => word) }
}

describe("a model that fails", () => {
  it.each<{ readonly what: string; readonly scene: Scene; readonly answer: string }>([
    { what: "before its first word", scene: [down], answer: phrases.modelFailed },
    { what: "in its first sentence", scene: [{ kind: "text", text: "I was" }, cut], answer: phrases.modelFailed },
    { what: "by an empty answer", scene: empty, answer: phrases.modelFailed },
    { what: "by nothing but space", scene: [{ kind: "text", text: " \n " }, ...empty], answer: phrases.modelFailed },
    {
      what: "by nothing that can be said",
      scene: [{ kind: "text", text: "👍 ..." }, ...empty],
      answer: phrases.modelFailed,
    },
    { what: "by a content filter", scene: [{ kind: "finish", reason: "content-filter" }], answer: phrases.refused },
  ])("$what is apologised for, and the talk goes on", ({ answer, scene }) => {
    const { outcome, words } = ask([scene, scene])
    expect(linesOf(outcome)).toEqual([
      ["user", "First question."],
      ["assistant", answer],
      ["user", "Second question."],
      ["assistant", "Second answer."],
    ])
    expect(words.join(" ")).toBe(`${answer} Second answer.`)
    expect(outcome.turns.map(({ outcome, recoveries }) => [outcome, recoveries])).toEqual([
      ["failed", 1],
      ["answered", 0],
    ])
    expect(eventsOf(outcome, "Notice").map(({ code }) => code)).toEqual(["language-model-failed"])
    expect(outcome.reason).toEqual(Exit.succeed("left"))
  })

  it("after its first sentence is apologised for, and what it said stands", () => {
    const { outcome, words } = ask([[{ kind: "text", text: "It is simple. You just" }, down]])
    expect(words.join(" ")).toBe(`It is simple. ${phrases.modelBroke} Second answer.`)
    expect(linesOf(outcome)[1]).toEqual(["assistant", `It is simple. ${phrases.modelBroke}`])
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["failed", "answered"])
  })

  it("is told of in words for people, and an apology that is cut shows what was cut", () => {
    const outcome = getVirtual(
      talk({ thinks: Script.list([[down], says("Back again.")]) }, (person) =>
        Effect.all([
          person.type("First question.", "00000000-0000-4000-8000-0000000000a1"),
          Effect.sleep("1 second"),
          person.type("Second question.", "00000000-0000-4000-8000-0000000000a2"),
          Effect.sleep("8 seconds"),
        ]),
      ),
    )
    const [notice] = eventsOf(outcome, "Notice")
    expect(notice?.message).toMatch(/^The language model \(.+\) cannot be reached, or is out of order\.$/)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["failed", "answered"])
    const cut = eventsOf(outcome, "AssistantTranscript").find(({ final }) => final)
    expect(cut?.interrupted).toBe(true)
    expect(`${cut?.text} ${cut?.pending}`).toBe(phrases.modelFailed)
  })

  it("by an adapter's bug is apologised for like any other failure", () => {
    let calls = 0
    const instead = Layer.succeed(LanguageModel, {
      name: "broken",
      chat: () =>
        Stream.suspend(() => {
          calls++
          return calls <= 2
            ? Stream.die(new Error("bug"))
            : Stream.make(
                ChatPart.TextDelta({ text: "I am back." }),
                ChatPart.Finish({ reason: "stop", inputTokens: 1, outputTokens: 3 }),
              )
        }),
    })
    const outcome = getVirtual(
      talk({ instead, hears: Script.list([heard("First question."), heard("Second question.")]) }, askTwice),
    )
    expect(linesOf(outcome).filter(([role]) => role === "assistant")).toEqual([
      ["assistant", phrases.modelFailed],
      ["assistant", "I am back."],
    ])
  })

  it("speaks the person's language when it apologises", () => {
    const outcome = getVirtual(
      talk({ settings: { language: "de-AT" }, hears: Script.list([heard("Na?")]), thinks: Script.list([]) }, (person) =>
        Effect.zipRight(person.speak(800), Effect.sleep("8 seconds")),
      ),
    )
    expect(linesOf(outcome)[1]).toEqual(["assistant", Phrases.forLanguage("de").modelFailed])
  })
})
