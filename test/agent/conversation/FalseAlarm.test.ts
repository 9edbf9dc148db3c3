import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard, type Scene } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf, soundsOf, spansOf } from "../../support/Listener.ts"
import { type Person, sampleRate, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const text = "One two three four five six seven eight. Nine ten eleven twelve thirteen fourteen fifteen sixteen."
const interjectAt = 2_000

const interject = (millis: number, scene: Scene, options: { firstAfterMillis?: number; times?: number } = {}) => {
  const voice = intelligible()
  const times = options.times ?? 1
  const again = (person: Person) => Effect.zipRight(person.speak(millis), Effect.sleep("600 millis"))
  const outcome = getVirtual(
    talk(
      {
        voice,
        hears: Script.list([heard("Count."), ...Array.from({ length: times }, () => scene)]),
        thinks: Script.list([says(text, options)]),
      },
      (person) =>
        Effect.all([
          person.speak(800),
          Effect.sleep(interjectAt - 800),
          Effect.replicateEffect(again(person), times),
          Effect.sleep("10 seconds"),
        ]),
    ),
  )
  return { outcome, words: voice.words(outcome.person) }
}

/** Every word was heard, in order, and every sample of it exactly once. */
const expectWhole = ({ outcome, words }: ReturnType<typeof interject>) => {
  expect(
    words
      .map(({ word }) => word)
      .filter((word, index, all) => word !== all[index - 1])
      .join(" "),
  ).toBe(text)
  const samples = soundsOf(outcome.person).reduce(
    (sum, { from, to }) => sum + Math.round(((to - from) * sampleRate) / 1000),
    0,
  )
  expect(samples).toBe((text.split(" ").length * 100 * sampleRate) / 1000)
  expect(linesOf(outcome)).toEqual([
    ["user", "Count."],
    ["assistant", text],
  ])
  expect(outcome.messages[1]?.metadata.unheard).toBeUndefined()
  expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["answered"])
  expect(outcome.requests).toHaveLength(1)
}

const cough = heard("", 90)
const listening: Scene = { ...heard("Mm-hm.", 90), partials: [{ afterMillis: 200, text: "mm" }] }

describe("a sound that is no interruption", () => {
  it.each([
    { what: "a cough", scene: cough },
    { what: "a sound of listening", scene: listening },
  ])("$what holds the voice for a moment, which goes on at the very sample", ({ scene }) => {
    const talked = interject(500, scene)
    expectWhole(talked)
    expect(spansOf(talked.outcome.person)).toHaveLength(2)
  })

  it("does not even hold the voice when it is short", () => {
    const talked = interject(120, cough)
    expectWhole(talked)
    expect(spansOf(talked.outcome.person)).toHaveLength(1)
  })

  it("may come again and again", () => {
    expectWhole(interject(400, listening, { times: 2 }))
  })

  it("shows nothing on the page", () => {
    const { outcome } = interject(500, listening)
    expect(eventsOf(outcome, "UserTranscript").filter(({ text }) => text !== "Count.")).toEqual([])
  })

  it("does not lose an answer that is still being thought of", () => {
    const talked = interject(500, cough, { firstAfterMillis: 1_600 })
    expectWhole(talked)
    expect(spansOf(talked.outcome.person)[0]?.from).toBeGreaterThan(interjectAt + 500)
  })

  it("is an answer like any other when the assistant is silent", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([heard("Okay.")]), thinks: Script.list([says("Good.")]) }, (person) =>
        Effect.zipRight(person.speak(500), Effect.sleep("4 seconds")),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "Okay."],
      ["assistant", "Good."],
    ])
  })

  it("does not hold an answer for ever when it never ends, such as a television, and lets the person through it", () => {
    const nobody = Array.from({ length: 4 }, () => heard("", 100))
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([heard("Count."), ...nobody, heard("Please be quiet now.")]),
          thinks: Script.list([says(text), says("Yes.")]),
        },
        (person) =>
          Effect.all([person.speak(800), Effect.sleep("1 second"), person.speak(120_000), Effect.sleep("5 seconds")]),
      ),
    )
    const [before, after] = spansOf(outcome.person)
    // It waits for one segment to be understood, and not for the others.
    expect((after?.from ?? 0) - (before?.to ?? 0)).toBeLessThan(26_000)
    expect(linesOf(outcome)).toEqual([
      ["user", "Count."],
      ["assistant", text],
      ["user", "Please be quiet now."],
      ["assistant", "Yes."],
    ])
  })
})
