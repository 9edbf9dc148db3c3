import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import * as Phrases from "../../../src/agent/conversation/Phrases.ts"
import { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, intelligible, linesOf, spansOf } from "../../support/Listener.ts"
import { talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const { goodbye, stillThere } = Phrases.forLanguage("en")
const { askMillis, endMillis } = defaults.absence
const long = askMillis + endMillis + 60_000

describe("a person who says nothing", () => {
  it("is asked once, is told goodbye, and the talk ends", () => {
    const voice = intelligible()
    const outcome = getVirtual(talk({ voice }, () => Effect.sleep(long)))
    expect(outcome.reason).toEqual(Exit.succeed("silence"))
    expect(linesOf(outcome)).toEqual([
      ["assistant", stillThere],
      ["assistant", goodbye],
    ])
    const [asked, bye] = spansOf(outcome.person)
    expect(asked?.from).toBeCloseTo(askMillis, -2)
    expect((bye?.from ?? 0) - (asked?.to ?? 0)).toBeCloseTo(endMillis, -2)
    // The goodbye is heard whole before the end.
    expect(eventsOf(outcome, "Ended")[0]?.at).toBeGreaterThanOrEqual(Math.floor(bye?.to ?? 0))
    expect(
      voice
        .words(outcome.person)
        .map(({ word }) => word)
        .join(" "),
    ).toBe(`${stillThere} ${goodbye}`)
    expect(outcome.turns.map(({ source }) => source)).toEqual(["assistant", "assistant"])
    expect(outcome.hookCalls.at(-1)).toBe("onRoomLeft silence")
  })

  it("and then answers is not asked again before the whole time has passed", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([heard("I am here.")]), thinks: Script.list([says("Good.")]) }, (person) =>
        Effect.all([Effect.sleep(askMillis + 10_000), person.speak(800), Effect.sleep(askMillis + endMillis + 10_000)]),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["assistant", stillThere],
      ["user", "I am here."],
      ["assistant", "Good."],
      ["assistant", stillThere],
      ["assistant", goodbye],
    ])
    expect(spansOf(outcome.person)[2]?.from).toBeGreaterThan(askMillis + 10_000 + askMillis)
  })

  it("and types a word is there", () => {
    const outcome = getVirtual(
      talk({ thinks: Script.list([says("Good.")]) }, (person) =>
        Effect.all([
          Effect.sleep(askMillis + 10_000),
          person.type("here", "00000000-0000-4000-8000-000000000011"),
          Effect.sleep(askMillis - 1_000),
        ]),
      ),
    )
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    expect(linesOf(outcome).map(([, text]) => text)).toEqual([stillThere, "here", "Good."])
  })

  it("but cuts into the goodbye is not left alone", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([heard("Wait, wait.")]), thinks: Script.list([says("I am waiting.")]) }, (person) =>
        Effect.all([Effect.sleep(askMillis + endMillis + 800), person.speak(1_000), Effect.sleep(askMillis - 5_000)]),
      ),
    )
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    expect(linesOf(outcome).at(-1)).toEqual(["assistant", "I am waiting."])
  })

  it("is not asked while the assistant speaks or thinks", () => {
    const settings = { absence: { askMillis: 3_000, endMillis: 3_000 } }
    const text = Array.from({ length: 80 }, (_, index) => `word${index}`).join(" ")
    const outcome = getVirtual(
      talk({ settings, hears: Script.list([heard("Go.")]), thinks: Script.list([says(`${text}.`)]) }, (person) =>
        Effect.zipRight(person.speak(800), Effect.sleep("10 seconds")),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "Go."],
      ["assistant", `${text}.`],
    ])
  })

  it("because the connection is lost is not asked before they are back", () => {
    const outcome = getVirtual(
      talk({}, (person) =>
        Effect.all([
          person.do(TransportInput.Disconnected()),
          Effect.sleep(askMillis * 2),
          person.do(TransportInput.Connected({ identity: "ada", name: "Ada" })),
          Effect.sleep(askMillis - 1_000),
        ]),
      ),
    )
    expect(outcome.messages).toEqual([])
    expect(outcome.reason).toEqual(Exit.succeed("left"))
  })
})
