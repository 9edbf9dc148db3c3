import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { SpeechToText, TranscriptEvent } from "../../../src/domain/speech/SpeechToText.ts"
import { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf, spansOf } from "../../support/Listener.ts"
import { talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const text = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen."

describe("the words of one segment", () => {
  it("may come in several finals, which are joined", () => {
    const { Final, Partial } = TranscriptEvent
    const events = [
      Partial({ text: "good" }),
      Final({ text: " Good morning. ", confidence: 1 }),
      Partial({ text: "how" }),
      Final({ text: "", confidence: 0.5 }),
      Final({ text: "How are you?", confidence: 0.6 }),
    ]
    const instead = Layer.succeed(SpeechToText, {
      name: "several",
      transcribe: (audio) => Stream.concat(Stream.drain(audio), Stream.fromIterable(events)),
    })
    const outcome = getVirtual(
      talk({ instead, thinks: Script.list([says("Fine.")]) }, (person) =>
        Effect.zipRight(person.speak(800), Effect.sleep("4 seconds")),
      ),
    )
    expect(linesOf(outcome)[0]).toEqual(["user", "Good morning. How are you?"])
    expect(outcome.messages[0]?.metadata.confidence).toBeCloseTo(0.7)
    expect(eventsOf(outcome, "UserTranscript").map(({ text }) => text)).toContain("Good morning. how")
  })
})

describe("a key press while the person's words are not known yet", () => {
  it("stays obeyed when they turn out to be nothing", () => {
    const voice = intelligible()
    const outcome = getVirtual(
      talk(
        { voice, hears: Script.list([heard("Count."), heard("", 400)]), thinks: Script.list([says(text)]) },
        (person) =>
          Effect.all([
            person.speak(800),
            Effect.sleep("1 second"),
            person.speak(400),
            person.do(TransportInput.Interrupt()),
            Effect.sleep("5 seconds"),
          ]),
      ),
    )
    expect(spansOf(outcome.person)).toHaveLength(1)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["interrupted"])
    expect(`${outcome.messages[1]?.content} ${outcome.messages[1]?.metadata.unheard}`).toBe(text)
  })
})

describe("a voice that is slower than speech", () => {
  it("is heard with gaps, and what was heard is still known by the word", () => {
    const voice = { ...intelligible(), makeMillis: 250 }
    const outcome = getVirtual(
      talk(
        {
          voice,
          hears: Script.list([heard("Count."), heard("Stop it.")]),
          thinks: Script.list([says(text), says("Yes.")]),
        },
        (person) =>
          Effect.all([person.speak(800), Effect.sleep("3 seconds"), person.speak(800), Effect.sleep("5 seconds")]),
      ),
    )
    const before = voice.words(outcome.person).filter(({ from }) => from < 4_200)
    const whole = before.filter(({ from, to }) => to - from > 99).map(({ word }) => word)
    expect(whole.length).toBeGreaterThan(5)
    expect(outcome.messages[1]?.content).toBe(whole.join(" "))
  })
})
