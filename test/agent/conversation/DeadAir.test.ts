import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import * as Phrases from "../../../src/agent/conversation/Phrases.ts"
import { Unavailable } from "../../../src/domain/speech/ProviderError.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import type { Trouble } from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, isTone, silenceWhileDue, soundsOf, spansOf } from "../../support/Listener.ts"
import { type Person, type Scene, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const phrases = Phrases.forLanguage("en")
const { fillerMillis, giveUpMillis, silenceMillisMax } = defaults.deadAir
const listen = (millis: number) => (person: Person) => Effect.zipRight(person.speak(800), Effect.sleep(millis))
const stalls: Trouble = { kind: "stall" }

const wait = (scene: Scene, millis = 30_000) => {
  const voice = intelligible()
  const outcome = getVirtual(
    talk({ ...scene, voice: { ...voice, ...scene.voice }, hears: Script.list([heard("Think.")]) }, listen(millis)),
  )
  const text = voice
    .words(outcome.person)
    .map(({ word }) => word)
    .join(" ")
  return { outcome, text }
}
describe("while an answer is due", () => {
  it("a fast model needs no filler", () => {
    const { outcome, text } = wait({ thinks: Script.list([says("Done.", { firstAfterMillis: fillerMillis - 100 })]) })
    expect(text).toBe("Done.")
    expect(outcome.turns.map(({ deadAir }) => deadAir)).toEqual([0])
  })

  it("a slow model gets a filler, and its answer after it", () => {
    const { outcome, text } = wait({ thinks: Script.list([says("Done.", { firstAfterMillis: 4_000 })]) })
    expect(text).toBe(`${phrases.fillers[0]} Done.`)
    expect(outcome.turns.map(({ deadAir, outcome }) => [deadAir, outcome])).toEqual([[1, "answered"]])
    const due = eventsOf(outcome, "StateChanged").find(({ state }) => state === "thinking")
    const waited = (spansOf(outcome.person)[0]?.from ?? 0) - (due?.at ?? 0)
    expect(Math.abs(waited - fillerMillis)).toBeLessThanOrEqual(30)
  })

  it("a model that never answers is given up with an apology", () => {
    const { outcome, text } = wait({ thinks: Script.list([[stalls], says("Too late.")]) })
    expect(text.startsWith(phrases.fillers[0])).toBe(true)
    expect(text.endsWith(phrases.modelFailed)).toBe(true)
    expect(outcome.turns.map(({ outcome, recoveries }) => [outcome, recoveries])).toEqual([["failed", 1]])
    const [due] = eventsOf(outcome, "StateChanged").filter(({ state }) => state === "thinking")
    const [notice] = eventsOf(outcome, "Notice").filter(({ code }) => code === "language-model-failed")
    expect((notice?.at ?? 0) - (due?.at ?? 0)).toBeLessThanOrEqual(giveUpMillis + fillerMillis)
    expect(silenceWhileDue(outcome)).toBeLessThanOrEqual(silenceMillisMax)
  })

  it("a model that stalls after its first sentence is given up, too", () => {
    const { outcome, text } = wait({ thinks: Script.list([[{ kind: "text", text: "First this. Then" }, stalls]]) })
    expect(text.startsWith("First this.")).toBe(true)
    expect(text.endsWith(phrases.modelBroke)).toBe(true)
    expect(silenceWhileDue(outcome)).toBeLessThanOrEqual(silenceMillisMax)
  })

  it.each<{ readonly what: string; readonly trouble: Trouble }>([
    { what: "fails", trouble: { kind: "fail", reason: new Unavailable({ detail: "down" }) } },
    { what: "stalls", trouble: stalls },
  ])("tones are heard when the voice $what as well", ({ trouble }) => {
    const { outcome, text } = wait(
      {
        // The voice's own deadline is not what helps here.
        settings: { speaking: { firstAudioMillisMax: 60_000, betweenChunksMillisMax: 60_000 } },
        voice: { sampleOf: () => 12_000, trouble: () => ({ afterWords: 0, trouble }) },
        thinks: Script.list([[stalls]]),
      },
      40_000,
    )
    expect(text).toBe("")
    expect(soundsOf(outcome.person).filter(isTone).length).toBeGreaterThan(100)
    expect(silenceWhileDue(outcome)).toBeLessThanOrEqual(silenceMillisMax)
    expect(outcome.turns[0]?.deadAir).toBeGreaterThan(0)
    expect(outcome.messages.filter(({ role }) => role === "assistant")).toEqual([])
  })

  it.each([
    { what: "sentences", answer: Array.from({ length: 30 }, (_, index) => `Word${index}.`).join(" ") },
    { what: "one sentence", answer: `${Array.from({ length: 20 }, (_, index) => `word${index}`).join(" ")}.` },
  ])("a model that goes on writing $what is never given up, however slow it is", ({ answer }) => {
    const { outcome, text } = wait({ thinks: Script.list([says(answer, { perWordMillis: 2_000 })]) }, 80_000)
    const unfilled = phrases.fillers.reduce((rest, filler) => rest.replaceAll(`${filler} `, ""), text)
    expect(unfilled).toBe(answer)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["answered"])
    expect(silenceWhileDue(outcome)).toBeLessThanOrEqual(silenceMillisMax)
  })

  it("nothing fills the silence while the person speaks", () => {
    const voice = intelligible()
    const outcome = getVirtual(
      talk({ voice, hears: Script.list([heard("Think."), heard("", 50)]), thinks: Script.list([[stalls]]) }, (person) =>
        Effect.all([person.speak(800), Effect.sleep(600), person.speak(8_000), Effect.sleep("5 seconds")]),
      ),
    )
    expect(spansOf(outcome.person)[0]?.from).toBeGreaterThan(800 + 600 + 8_000)
    expect(voice.words(outcome.person)[0]?.word).toBe("One")
  })
})
