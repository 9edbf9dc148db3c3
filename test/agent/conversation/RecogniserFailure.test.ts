import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Stream } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import * as Phrases from "../../../src/agent/conversation/Phrases.ts"
import { Truncated, Unavailable } from "../../../src/domain/speech/ProviderError.ts"
import { SpeechToText } from "../../../src/domain/speech/SpeechToText.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard, type Scene } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf, spansOf } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const { notHeard } = Phrases.forLanguage("en")
const down = { kind: "fail", reason: new Unavailable({ detail: "down" }) } as const
const fails = (trouble: Scene["end"]): Scene => ({ partials: [], finalAfterMillis: 100, end: trouble })
/** Speaks, listens to the apology, and says it again. */
const tryTwice = (person: Person) =>
  Effect.all([person.speak(800), Effect.sleep("10 seconds"), person.speak(800), Effect.sleep("5 seconds")])
const goesOn = [
  ["assistant", notHeard],
  ["user", "What time is it?"],
  ["assistant", "It is noon."],
]

describe("a recogniser that fails", () => {
  it.each([
    { what: "fails", trouble: down },
    { what: "stalls", trouble: { kind: "stall" } as const },
    { what: "cuts its answer off", trouble: { kind: "fail", reason: new Truncated() } as const },
  ])("is apologised for when it $what, and the talk goes on", ({ trouble }) => {
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([fails(trouble), heard("What time is it?")]),
          thinks: Script.list([says("It is noon.")]),
        },
        tryTwice,
      ),
    )
    expect(linesOf(outcome)).toEqual(goesOn)
    const notices = eventsOf(outcome, "Notice")
    expect(notices.map(({ code }) => code)).toEqual(["speech-to-text-failed"])
    expect(notices[0]?.message).toMatch(/^The recogniser \(.+\) [a-z ,]+\.$/)
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    const [apology] = spansOf(outcome.person)
    expect(apology?.from).toBeLessThanOrEqual(800 + 220 + defaults.hearing.finalMillisMax + 40)
  })

  it.each([
    { what: "ends without a final transcript", answer: Stream.empty },
    { what: "dies of a bug of its own", answer: Stream.die("bug") },
  ])("is apologised for when it $what", ({ answer }) => {
    const instead = Layer.succeed(SpeechToText, {
      name: "broken",
      transcribe: (audio) => Stream.concat(Stream.drain(audio), answer),
    })
    const outcome = getVirtual(
      talk({ instead }, (person) => Effect.zipRight(person.speak(800), Effect.sleep("8 seconds"))),
    )
    expect(linesOf(outcome)).toEqual([["assistant", notHeard]])
  })

  it("is apologised for once the person is silent, when it fails while they speak", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([]) }, (person) => Effect.zipRight(person.speak(3_000), Effect.sleep("8 seconds"))),
    )
    expect(linesOf(outcome)).toEqual([["assistant", notHeard]])
    expect(spansOf(outcome.person)[0]?.from).toBeGreaterThanOrEqual(3_000 + 200)
  })

  it("never makes the assistant talk into a long speech", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([]) }, (person) => Effect.zipRight(person.speak(60_000), Effect.sleep("8 seconds"))),
    )
    expect(linesOf(outcome)).toEqual([["assistant", notHeard]])
    expect(spansOf(outcome.person)).toHaveLength(1)
    expect(spansOf(outcome.person)[0]?.from).toBeGreaterThanOrEqual(60_000)
  })

  it("does not leave an answer in the air that it broke into", () => {
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([heard("Tell me a story.")]),
          thinks: Script.list([says("Once upon a time there was a very long story without any end.")]),
        },
        (person) =>
          Effect.all([person.speak(800), Effect.sleep("1 second"), person.speak(600), Effect.sleep("9 seconds")]),
      ),
    )
    expect(linesOf(outcome).map(([role]) => role)).toEqual(["user", "assistant", "assistant"])
    expect(linesOf(outcome)[2]?.[1]).toBe(notHeard)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["interrupted", "answered"])
  })

  it("keeps the words that were recognised beside the ones that were not", () => {
    const voice = intelligible()
    const outcome = getVirtual(
      talk(
        {
          voice,
          finished: (text) => (text.endsWith("and") ? 0 : 0.9),
          hears: Script.list([heard("Tea and"), fails(down)]),
          thinks: Script.list([says("And what?")]),
        },
        (person) =>
          Effect.all([person.speak(800), Effect.sleep("700 millis"), person.speak(600), Effect.sleep("9 seconds")]),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "Tea and"],
      ["assistant", "And what?"],
    ])
    expect(voice.words(outcome.person).map(({ word }) => word)).toEqual(["And", "what?"])
  })
})
