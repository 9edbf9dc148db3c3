import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import type { TurnTimings } from "../../../src/domain/analytics/Turn.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, spansOf } from "../../support/Listener.ts"
import { type Outcome, type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const { endSilenceMillis } = defaults.hearing
const ask = (person: Person) => Effect.zipRight(person.speak(800), Effect.sleep("8 seconds"))
const timingsOf = (outcome: Outcome, turn = 0): Record<keyof TurnTimings, number | undefined> => {
  const at = (stage: keyof TurnTimings) => Option.getOrUndefined(outcome.turns[turn]?.timings[stage] ?? Option.none())
  return {
    finalTranscript: at("finalTranscript"),
    endpoint: at("endpoint"),
    firstToken: at("firstToken"),
    firstSentence: at("firstSentence"),
    firstAudio: at("firstAudio"),
    playout: at("playout"),
  }
}

describe("the timing of a turn", () => {
  it("counts every stage from the last sound", () => {
    const outcome = getVirtual(
      talk(
        {
          finished: () => 0.3,
          hears: Script.list([heard("What time is it?", 130)]),
          thinks: Script.list([says("It is noon. Enjoy it.", { firstAfterMillis: 200, perWordMillis: 50 })]),
          voice: { sampleOf: () => 8_000, makeMillis: 70 },
        },
        ask,
      ),
    )
    const final = endSilenceMillis + 130
    const endpoint = 400 + 1_200 * 0.49
    const firstToken = endpoint + 200
    // A sentence is over when the next one begins.
    const firstSentence = firstToken + 2 * 50
    expect(timingsOf(outcome)).toEqual({
      finalTranscript: final,
      endpoint,
      firstToken,
      firstSentence,
      firstAudio: firstSentence + 70,
      playout: firstSentence + 70,
    })
    // A frame of the microphone ends 20 ms after the sound in it began.
    const played = spansOf(outcome.person)[0]?.from ?? 0
    expect(Math.abs(played - 800 - firstSentence - 70)).toBeLessThanOrEqual(20)
  })

  it("is stored and shown the same", () => {
    const outcome = getVirtual(talk({ hears: Script.list([heard("Hm?")]), thinks: Script.list([says("Yes.")]) }, ask))
    expect(eventsOf(outcome, "TurnEnded").map(({ turn }) => turn)).toEqual(outcome.turns)
  })

  it("names the providers and counts tokens", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([heard("Hm?")]), thinks: Script.list([says("Yes, my dear.")]) }, ask),
    )
    expect(outcome.turns[0]).toMatchObject({
      speechToText: "scripted",
      languageModel: "scripted",
      textToSpeech: "scripted",
      inputTokens: 0,
    })
    expect(outcome.turns[0]?.outputTokens).toBeGreaterThan(2)
    expect(outcome.messages[1]?.metadata.outputTokens).toBe(outcome.turns[0]?.outputTokens)
  })

  it("leaves out the stages that a turn never reached", () => {
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([heard("Hm?"), heard("Well?")]),
          thinks: Script.list([[{ kind: "stall" }], says("Yes.")]),
        },
        (person) => Effect.zipRight(Effect.zipRight(person.speak(800), Effect.sleep("1 second")), ask(person)),
      ),
    )
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["interrupted", "answered"])
    expect(timingsOf(outcome)).toMatchObject({ firstToken: undefined, firstAudio: undefined, playout: undefined })
    expect(timingsOf(outcome).endpoint).toBe(412)
  })

  it("of a typed message counts from its arrival", () => {
    const outcome = getVirtual(
      talk({ thinks: Script.list([says("Yes.", { firstAfterMillis: 300 })]) }, (person) =>
        Effect.zipRight(
          person.type("Are you there?", "00000000-0000-4000-8000-000000000011"),
          Effect.sleep("5 seconds"),
        ),
      ),
    )
    expect(timingsOf(outcome)).toMatchObject({ finalTranscript: undefined, endpoint: 0, firstToken: 300, playout: 300 })
  })
})
