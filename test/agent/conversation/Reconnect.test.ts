import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { intelligible, linesOf, soundsOf, spansOf } from "../../support/Listener.ts"
import { type Person, sampleRate, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const text = "One two three four five six seven eight. Nine ten eleven twelve thirteen fourteen fifteen sixteen."
const gone = (person: Person) => person.do(TransportInput.Disconnected())
const back = (person: Person) => person.do(TransportInput.Connected({ identity: "ada", name: "Ada" }))
const scene = () => ({ hears: Script.list([heard("Count.")]), thinks: Script.list([says(text)]) })

describe("a person whose connection is lost", () => {
  it("in mid-answer hears the rest of it when they are back", () => {
    const voice = intelligible()
    const outcome = getVirtual(
      talk({ voice, ...scene() }, (person) =>
        Effect.all([
          person.speak(800),
          Effect.sleep("1 second"),
          gone(person),
          Effect.sleep("10 seconds"),
          back(person),
          Effect.sleep("5 seconds"),
        ]),
      ),
    )
    const words = voice.words(outcome.person).map(({ word }) => word)
    expect(words.filter((word, index) => word !== words[index - 1]).join(" ")).toBe(text)
    const samples = soundsOf(outcome.person).reduce((sum, { from, to }) => sum + ((to - from) * sampleRate) / 1000, 0)
    expect(Math.round(samples)).toBe((text.split(" ").length * 100 * sampleRate) / 1000)
    const [before, after] = spansOf(outcome.person)
    expect(before?.to).toBeLessThanOrEqual(1_800 + 20)
    expect(after?.from).toBeGreaterThanOrEqual(11_800)
    expect(linesOf(outcome)[1]).toEqual(["assistant", text])
    expect(outcome.turns.map(({ deadAir, outcome }) => [deadAir, outcome])).toEqual([[0, "answered"]])
  })

  it("after their question hears the whole answer when they are back", () => {
    const outcome = getVirtual(
      talk(scene(), (person) =>
        Effect.all([
          person.speak(800),
          Effect.sleep(100),
          gone(person),
          Effect.sleep("30 seconds"),
          back(person),
          Effect.sleep("5 seconds"),
        ]),
      ),
    )
    expect(spansOf(outcome.person)).toHaveLength(1)
    expect(spansOf(outcome.person)[0]?.from).toBeGreaterThanOrEqual(30_900)
    expect(linesOf(outcome)).toEqual([
      ["user", "Count."],
      ["assistant", text],
    ])
  })

  it("is the same participant when they are back, and is not greeted again", () => {
    const outcome = getVirtual(
      talk({ settings: { greeting: "Hello {person}, I am {assistant}." } }, (person) =>
        Effect.all([
          Effect.sleep("5 seconds"),
          gone(person),
          Effect.sleep("5 seconds"),
          back(person),
          Effect.sleep("5 seconds"),
        ]),
      ),
    )
    expect(linesOf(outcome)).toEqual([["assistant", "Hello Ada, I am Parley."]])
    expect(outcome.hookCalls.filter((call) => call === "onParticipantConnected")).toHaveLength(1)
  })

  it("is back and gone again and again, and still hears everything once", () => {
    const voice = intelligible()
    const flicker = (person: Person) => Effect.all([gone(person), Effect.sleep(130), back(person), Effect.sleep(170)])
    const outcome = getVirtual(
      talk({ voice, ...scene() }, (person) =>
        Effect.all([
          person.speak(800),
          Effect.sleep("500 millis"),
          Effect.replicateEffect(flicker(person), 8),
          Effect.sleep("5 seconds"),
        ]),
      ),
    )
    const words = voice.words(outcome.person).map(({ word }) => word)
    expect(words.filter((word, index) => word !== words[index - 1]).join(" ")).toBe(text)
    expect(linesOf(outcome)[1]).toEqual(["assistant", text])
  })

  it("and who does not come back has left", () => {
    const outcome = getVirtual(
      talk(scene(), (person) =>
        Effect.all([person.speak(800), Effect.sleep("1 second"), gone(person), Effect.sleep("20 seconds")]),
      ),
    )
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    expect(outcome.messages[1]?.content).toMatch(/^One two three/)
    expect(`${outcome.messages[1]?.content} ${outcome.messages[1]?.metadata.unheard}`).toBe(text)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["abandoned"])
    expect(outcome.fibersLeft).toBe(0)
  })
})
