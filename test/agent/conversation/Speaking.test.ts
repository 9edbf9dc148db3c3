import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf, spansOf } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const hears = () => Script.list([heard("Tell me something.")])
const listenFor = (millis: number) => (person: Person) => Effect.zipRight(person.speak(800), Effect.sleep(millis))
const ask = listenFor(15_000)

describe("an answer's voice", () => {
  it("begins with the first sentence, while the model still writes", () => {
    const voice = intelligible()
    const text = "The sun is out. The birds sing and the bees hum all day long."
    const perWordMillis = 150
    const outcome = getVirtual(
      talk({ voice, hears: hears(), thinks: Script.list([says(text, { perWordMillis })]) }, ask),
    )
    const words = voice.words(outcome.person)
    expect(words.map(({ word }) => word).join(" ")).toBe(text)
    const firstToken = Option.getOrThrow(outcome.turns[0]?.timings.firstToken ?? Option.none())
    const written = 800 + firstToken + perWordMillis * text.split(" ").length
    expect(words[0]?.from).toBeLessThan(written - 1_000)
  })

  it("begins with the first clause of a long first sentence", () => {
    const text = "As far as I can remember from my own books, nobody ever found out where they had come from."
    const outcome = getVirtual(talk({ hears: hears(), thinks: Script.list([says(text, { perWordMillis: 150 })]) }, ask))
    const clause = text.slice(0, text.indexOf(",")).split(" ").length
    const [span] = spansOf(outcome.person)
    expect(span?.from).toBeLessThan(800 + 1_000 + 150 * (clause + 2))
    expect(linesOf(outcome)[1]?.[1]).toBe(text)
  })

  it("has no gap between sentences, and every word once", () => {
    const voice = intelligible()
    const text = "One two three. Four five six! Seven eight nine?"
    const outcome = getVirtual(talk({ voice, hears: hears(), thinks: Script.list([says(text)]) }, ask))
    expect(
      voice
        .words(outcome.person)
        .map(({ word }) => word)
        .join(" "),
    ).toBe(text)
    expect(spansOf(outcome.person).map(({ from, to }) => Math.round(to - from))).toEqual([900])
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["answered"])
  })

  it("is changed to the listener's rate without changing its length", () => {
    const text = "One two three. Four five six!"
    const voice = { sampleRate: 24_000, sampleOf: () => 12_000 }
    const outcome = getVirtual(talk({ voice, hears: hears(), thinks: Script.list([says(text)]) }, ask))
    const [span] = spansOf(outcome.person)
    expect(Math.abs((span?.to ?? 0) - (span?.from ?? 0) - 600)).toBeLessThan(1)
    expect(linesOf(outcome)[1]?.[1]).toBe(text)
  })

  it("holds back a model that writes a book, and says all of it", () => {
    const voice = intelligible()
    const text = Array.from({ length: 60 }, (_, index) => `This is sentence number ${index}.`).join(" ")
    const outcome = getVirtual(talk({ voice, hears: hears(), thinks: Script.list([says(text)]) }, listenFor(40_000)))
    expect(
      voice
        .words(outcome.person)
        .map(({ word }) => word)
        .join(" "),
    ).toBe(text)
    expect(spansOf(outcome.person)).toHaveLength(1)
    expect(outcome.turns.map(({ deadAir, outcome }) => [deadAir, outcome])).toEqual([[0, "answered"]])
  })

  it("is shown word by word as it is heard, and whole at the end", () => {
    const text = "One two three four five six seven eight nine ten."
    const outcome = getVirtual(talk({ hears: hears(), thinks: Script.list([says(text)]) }, ask))
    const shown = eventsOf(outcome, "AssistantTranscript")
    for (const { pending, text: said } of shown) expect(`${said} ${pending}`.trim()).toBe(text)
    const lengths = shown.map(({ text }) => text.length)
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
    expect(new Set(lengths).size).toBeGreaterThan(4)
    expect(shown.at(-1)).toMatchObject({ text, pending: "", final: true, interrupted: false })
    expect(shown.filter(({ final }) => final)).toHaveLength(1)
    expect(new Set(shown.map(({ messageId }) => messageId))).toEqual(new Set([outcome.messages[1]?.id]))
  })

  it("is announced by the assistant's state", () => {
    const outcome = getVirtual(talk({ hears: hears(), thinks: Script.list([says("Yes.")]) }, ask))
    const states = eventsOf(outcome, "StateChanged").map(({ state }) => state)
    const changes = states.filter((state, index) => state !== states[index - 1])
    expect(changes).toEqual(["listening", "thinking", "speaking", "listening"])
  })
})
