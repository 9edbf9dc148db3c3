import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Stream } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import * as Earcon from "../../../src/agent/conversation/Earcon.ts"
import { Unavailable } from "../../../src/domain/speech/ProviderError.ts"
import { durationMillis } from "../../../src/domain/speech/PcmFrame.ts"
import { TextToSpeech } from "../../../src/domain/speech/TextToSpeech.ts"
import type { Trouble } from "../../../src/providers/scripted/Script.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, isTone, linesOf, longestSilence, soundsOf, spansOf } from "../../support/Listener.ts"
import { type Person, sampleRate, type Scene, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const down: Trouble = { kind: "fail", reason: new Unavailable({ detail: "down" }) }
const stall: Trouble = { kind: "stall" }
const text = "One two three. Four five six. Seven eight nine."
const ask = (person: Person) => Effect.zipRight(person.speak(800), Effect.sleep("20 seconds"))
const scene = (): Scene => ({ hears: Script.list([heard("Count.")]), thinks: Script.list([says(text)]) })

/** Something goes wrong with the second sentence. */
const withTrouble = (afterWords: number, trouble: Trouble) => {
  const voice = {
    ...intelligible(),
    trouble: (sentence: string) => (sentence.startsWith("Four") ? { afterWords, trouble } : undefined),
  }
  const outcome = getVirtual(talk({ ...scene(), voice }, ask))
  return { outcome, words: voice.words(outcome.person).map(({ word }) => word) }
}
const toneMillis = Earcon.frames(sampleRate).reduce((sum, frame) => sum + durationMillis(frame), 0)
const tonesOf = (person: Person): number =>
  soundsOf(person)
    .filter(isTone)
    .reduce((sum, { from, to }) => sum + to - from, 0)

describe("a voice that fails", () => {
  it.each([
    { what: "fails", trouble: down },
    { what: "stalls", trouble: stall },
  ])("at a sentence that $what plays a tone, shows the text, and says the next one", ({ trouble }) => {
    const { outcome, words } = withTrouble(0, trouble)
    expect(words).toEqual(["One", "two", "three.", "Seven", "eight", "nine."])
    expect(tonesOf(outcome.person)).toBeGreaterThan(toneMillis - 30)
    const [, answer] = outcome.messages
    expect(answer?.content).toBe("One two three. Seven eight nine.")
    expect(answer?.metadata.unheard).toBe("Four five six.")
    const shown = eventsOf(outcome, "AssistantTranscript").at(-1)
    expect(shown).toMatchObject({ pending: "Four five six.", final: true, interrupted: false })
    expect(eventsOf(outcome, "Notice").map(({ code }) => code)).toEqual(["text-to-speech-failed"])
    expect(outcome.turns.map(({ outcome, recoveries }) => [outcome, recoveries])).toEqual([["answered", 1]])
  })

  it("in the middle of a sentence: what was heard of it counts", () => {
    const { outcome, words } = withTrouble(2, down)
    expect(words).toEqual(["One", "two", "three.", "Four", "five", "Seven", "eight", "nine."])
    expect(outcome.messages[1]?.content).toBe("One two three. Four five Seven eight nine.")
    expect(outcome.messages[1]?.metadata.unheard).toBe("six.")
  })

  it("by stalling costs no more silence than its own deadline", () => {
    const { outcome } = withTrouble(0, stall)
    const [first] = spansOf(outcome.person)
    const last = spansOf(outcome.person).at(-1)
    const silence = longestSilence(outcome.person, first?.from ?? 0, last?.to ?? 0)
    expect(silence).toBeLessThanOrEqual(defaults.speaking.firstAudioMillisMax)
  })

  it.each([
    { what: "is dead", synthesize: () => Stream.die(new Error("bug")) },
    { what: "says nothing", synthesize: () => Stream.empty },
  ])("for good, because it $what: tones, the text on the page, and the talk goes on", ({ synthesize }) => {
    const instead = Layer.succeed(TextToSpeech, { name: "broken", voices: [], synthesize })
    const outcome = getVirtual(talk({ ...scene(), instead }, ask))
    expect(Math.abs(tonesOf(outcome.person) - 3 * toneMillis)).toBeLessThan(10)
    expect(linesOf(outcome)).toEqual([["user", "Count."]])
    expect(eventsOf(outcome, "AssistantTranscript").at(-1)).toMatchObject({ text: "", pending: text, final: true })
    expect(outcome.reason).toEqual(Exit.succeed("left"))
  })
})
