import { describe, expect, it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, Layer } from "effect"
import type { Hook } from "../../../src/domain/hook/LifecycleHooks.ts"
import { Toolbox } from "../../../src/domain/llm/Tool.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, linesOf, spansOf } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const text = "One two three four five six seven eight nine ten eleven twelve."
const scene = () => ({ hears: Script.list([heard("Count."), heard("More.")]), thinks: Script.list([says(text)]) })
const midAnswer = (person: Person) => Effect.zipRight(person.speak(800), Effect.sleep(1_000))

describe("leaving in mid-answer", () => {
  it("stores what was heard, as abandoned", () => {
    const outcome = getVirtual(talk(scene(), midAnswer))
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    const [, answer] = outcome.messages
    expect(answer?.content).toMatch(/^One two three four five/)
    expect(`${answer?.content} ${answer?.metadata.unheard}`).toBe(text)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["abandoned"])
    expect(outcome.hookCalls).toEqual([
      "onRoomJoined",
      "onParticipantConnected",
      "onMessageReceived",
      "onMessageReceived",
      "onConversationTurn",
      "onRoomLeft left",
    ])
  })

  it("keeps words that were not answered yet", () => {
    const outcome = getVirtual(
      talk({ ...scene(), finished: () => 0 }, (person) => Effect.zipRight(person.speak(800), Effect.sleep(700))),
    )
    expect(linesOf(outcome)).toEqual([["user", "Count."]])
    expect(outcome.turns).toEqual([])
  })
})

describe("a drain", () => {
  it("silences the voice, runs every hook, and says why", () => {
    const outcome = getVirtual(
      talk(scene(), (person) => Effect.all([midAnswer(person), person.drain, Effect.sleep("60 seconds")])),
    )
    expect(Exit.isFailure(outcome.reason) && Cause.isInterruptedOnly(outcome.reason.cause)).toBe(true)
    expect(eventsOf(outcome, "Ended").map(({ reason }) => reason)).toEqual(["drain"])
    expect(eventsOf(outcome, "Ended")[0]?.at).toBe(1_800)
    expect(spansOf(outcome.person)[0]?.to).toBeLessThanOrEqual(1_800)
    expect(outcome.hookCalls.slice(-3)).toEqual(["onMessageReceived", "onConversationTurn", "onRoomLeft drain"])
    expect(`${outcome.messages[1]?.content} ${outcome.messages[1]?.metadata.unheard}`).toBe(text)
    expect(outcome.turns.map(({ outcome }) => outcome)).toEqual(["interrupted"])
    expect(outcome.fibersLeft).toBe(0)
  })

  it("gives hooks their time, and no more", () => {
    const slow: Hook = {
      name: "slow",
      timeout: Duration.minutes(10),
      onFailure: "ignore",
      onRoomLeft: () => Effect.never,
    }
    const outcome = getVirtual(
      talk({ ...scene(), hooks: [slow], settings: { hooksDrainMillisMax: 7_000 } }, (person) =>
        Effect.all([midAnswer(person), person.drain, Effect.sleep("60 seconds")]),
      ),
    )
    expect(eventsOf(outcome, "Ended").map(({ at, reason }) => [at, reason])).toEqual([[8_800, "drain"]])
    expect(outcome.fibersLeft).toBe(0)
  })
})

describe("a talk that cannot begin", () => {
  it("because of a bug has an end all the same", () => {
    const instead = Layer.succeed(Toolbox, { open: Effect.die(new Error("bug")) })
    const outcome = getVirtual(talk({ ...scene(), instead }, () => Effect.sleep("60 seconds")))
    expect(outcome.reason).toEqual(Exit.succeed("error"))
    expect(outcome.hookCalls).toEqual(["onRoomJoined", "onRoomLeft error"])
    expect(eventsOf(outcome, "Ended").map(({ reason }) => reason)).toEqual(["error"])
  })

  it("before a drain has an end all the same", () => {
    const instead = Layer.succeed(Toolbox, { open: Effect.never })
    const outcome = getVirtual(
      talk({ ...scene(), instead }, (person) => Effect.all([Effect.sleep(500), person.drain, Effect.never])),
    )
    expect(outcome.hookCalls).toEqual(["onRoomJoined", "onRoomLeft drain"])
    expect(eventsOf(outcome, "Ended").map(({ reason }) => reason)).toEqual(["drain"])
  })
})
