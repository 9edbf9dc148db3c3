import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard, type Scene } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf, spansOf, toldIn } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const story = "One two three four five six seven eight. Nine ten eleven twelve thirteen fourteen fifteen sixteen."
const { confirmMillis } = defaults.hearing
/** The answer begins at about 1.2 s and lasts 1.6 s. */
const bargeInAt = 2_000

/** Asks at 0, speaks again at 2 s, then listens. */
const cutIn = (millis: number) => (person: Person) =>
  Effect.all([person.speak(800), Effect.sleep(bargeInAt - 800), person.speak(millis), Effect.sleep("10 seconds")])
const tell = (interruption: Scene, plot: (person: Person) => Effect.Effect<unknown>, marks = true) => {
  const voice = { ...intelligible(), marks }
  const outcome = getVirtual(
    talk(
      {
        voice,
        hears: Script.list([heard("Count."), interruption]),
        thinks: Script.list([says(story), says("All right.")]),
      },
      (person) => Effect.asVoid(plot(person)),
    ),
  )
  return { outcome, words: voice.words(outcome.person) }
}

describe("a person who cuts in", () => {
  it("has silence within 150 ms of confirmed speech", () => {
    const { outcome } = tell(heard("Stop that, please."), cutIn(1_500))
    const [first] = spansOf(outcome.person)
    expect(first?.to).toBeGreaterThan(bargeInAt)
    expect(first?.to).toBeLessThanOrEqual(bargeInAt + confirmMillis + 150)
  })

  it("is why only what they heard is stored, and the rest is kept beside it", () => {
    const { outcome, words } = tell(heard("Stop that, please."), cutIn(1_500))
    const whole = words.filter(({ from, to }) => to - from > 99 && from < 3_000).map(({ word }) => word)
    const [, answer] = outcome.messages
    expect(whole.length).toBeGreaterThan(5)
    expect(answer?.content).toBe(whole.join(" "))
    expect(`${answer?.content} ${answer?.metadata.unheard}`).toBe(story)
    expect(linesOf(outcome).slice(2)).toEqual([
      ["user", "Stop that, please."],
      ["assistant", "All right."],
    ])
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["interrupted", "answered"])
    const shown = eventsOf(outcome, "AssistantTranscript").find(({ final }) => final)
    expect(shown).toMatchObject({ interrupted: true, text: answer?.content, pending: answer?.metadata.unheard })
  })

  it("is why the model is told what was heard, not what it wrote", () => {
    const { outcome } = tell(heard("Stop that, please."), cutIn(1_500))
    expect(toldIn(outcome, 1)).toEqual([
      ["User", "Count."],
      ["Assistant", outcome.messages[1]?.content],
      ["User", "Stop that, please."],
    ])
  })

  it("is heard to within a word by a voice that tells no word times", () => {
    const { outcome, words } = tell(heard("Stop that, please."), cutIn(1_500), false)
    const whole = words.filter(({ from, to }) => to - from > 99 && from < 3_000)
    const stored = outcome.messages[1]?.content.split(" ") ?? []
    expect(Math.abs(stored.length - whole.length)).toBeLessThanOrEqual(1)
  })

  it("stops the voice by clear words even before their speech is long enough", () => {
    const partials = [{ afterMillis: 50, text: "wait a minute" }]
    const { outcome } = tell({ ...heard("Wait a minute."), partials }, cutIn(1_000))
    const [ended] = eventsOf(outcome, "TurnEnded")
    expect(ended?.turn.outcome).toBe("interrupted")
    expect(ended?.at).toBeLessThanOrEqual(bargeInAt + 60 + 50 + 20)
    expect(spansOf(outcome.person)[0]?.to).toBeLessThanOrEqual(ended?.at ?? 0)
  })

  it("stops the voice by a short word, once it is understood", () => {
    const { outcome, words } = tell(heard("Stop.", 100), cutIn(140))
    const [first] = spansOf(outcome.person)
    expect(first?.to).toBeLessThanOrEqual(bargeInAt + 140 + defaults.hearing.endSilenceMillis + 100 + 40)
    expect(words.map(({ word }) => word)).not.toContain("sixteen.")
    expect(linesOf(outcome)[2]).toEqual(["user", "Stop."])
    expect(outcome.turns[0]?.outcome).toBe("interrupted")
  })

  it("by a key is obeyed at once, and the talk goes on", () => {
    const { outcome } = tell(heard("And now?"), (person) =>
      Effect.all([
        person.speak(800),
        Effect.sleep(bargeInAt - 800),
        person.do(TransportInput.Interrupt()),
        Effect.sleep("1 second"),
        person.speak(800),
        Effect.sleep("10 seconds"),
      ]),
    )
    const [first] = spansOf(outcome.person)
    expect(Math.abs((first?.to ?? 0) - bargeInAt)).toBeLessThanOrEqual(1)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["interrupted", "answered"])
    expect(linesOf(outcome).slice(2)).toEqual([
      ["user", "And now?"],
      ["assistant", "All right."],
    ])
  })

  it("before the first sound leaves no message of the assistant", () => {
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([heard("What is love?"), heard("Never mind.")]),
          thinks: Script.list([says("Well.", { firstAfterMillis: 2_000 }), says("Fine.")]),
        },
        cutIn(800),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "What is love?"],
      ["user", "Never mind."],
      ["assistant", "Fine."],
    ])
    expect(toldIn(outcome, 1)).toEqual([
      ["User", "What is love?"],
      ["User", "Never mind."],
    ])
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["interrupted", "answered"])
  })
})
