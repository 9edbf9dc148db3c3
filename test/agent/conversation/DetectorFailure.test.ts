import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { ProviderError, Unavailable } from "../../../src/domain/speech/ProviderError.ts"
import { TurnDetector } from "../../../src/domain/speech/TurnDetector.ts"
import { VoiceActivityDetector } from "../../../src/domain/speech/VoiceActivityDetector.ts"
import type { PcmFrame } from "../../../src/domain/speech/PcmFrame.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { linesOf } from "../../support/Listener.ts"
import { type Person, type Scene, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const scene = (): Scene => ({
  hears: Script.list([heard("First question."), heard("Second question.")]),
  thinks: Script.list([says("First answer."), says("Second answer.")]),
})
const askTwice = (person: Person) =>
  Effect.all([
    Effect.sleep("1 second"),
    person.speak(800),
    Effect.sleep("5 seconds"),
    person.speak(800),
    Effect.sleep("5 seconds"),
  ])
const both = [
  ["user", "First question."],
  ["assistant", "First answer."],
  ["user", "Second question."],
  ["assistant", "Second answer."],
]
const down = new ProviderError({ provider: "vad", operation: "detect", reason: new Unavailable({ detail: "down" }) })
const anySound = (window: PcmFrame) => Effect.sync(() => (window.samples.some((sample) => sample !== 0) ? 1 : 0))

describe("a voice activity detector", () => {
  it.each([
    { what: "fails", broken: Effect.fail(down) },
    { what: "hangs", broken: Effect.never },
    { what: "dies", broken: Effect.die(new Error("bug")) },
  ])("that $what in mid-speech is opened anew; loudness stands in", ({ broken }) => {
    let opened = 0
    let windows = 0
    const instead = Layer.succeed(VoiceActivityDetector, {
      name: "frail",
      windowSamples: 320,
      open: Effect.sync(() => {
        opened++
        return {
          accept: (window: PcmFrame) => (opened === 1 && ++windows > 60 ? broken : anySound(window)),
        }
      }),
    })
    const outcome = getVirtual(talk({ ...scene(), instead }, askTwice))
    expect(opened).toBe(2)
    expect(linesOf(outcome)).toEqual(both)
  })

  it("that never opens leaves it to loudness, and is asked again", () => {
    let tries = 0
    const instead = Layer.succeed(VoiceActivityDetector, {
      name: "absent",
      windowSamples: 320,
      open: Effect.suspend(() => {
        tries++
        return Effect.fail(down)
      }),
    })
    const outcome = getVirtual(talk({ ...scene(), instead }, askTwice))
    expect(linesOf(outcome)).toEqual(both)
    expect(tries).toBeGreaterThan(5)
    expect(outcome.fibersLeft).toBe(0)
  })

  it("is closed with the talk", () => {
    let open = 0
    const instead = Layer.succeed(VoiceActivityDetector, {
      name: "counted",
      windowSamples: 320,
      open: Effect.as(
        Effect.acquireRelease(
          Effect.sync(() => void open++),
          () => Effect.sync(() => void open--),
        ),
        { accept: anySound },
      ),
    })
    const outcome = getVirtual(talk({ ...scene(), instead }, askTwice))
    expect(linesOf(outcome)).toEqual(both)
    expect(open).toBe(0)
  })
})

describe("a turn detector", () => {
  it.each([
    { what: "fails", finished: () => Effect.fail(down) },
    { what: "hangs", finished: () => Effect.never },
    { what: "dies", finished: () => Effect.die(new Error("bug")) },
  ])("that $what is answered for: neither finished nor not", ({ finished }) => {
    const instead = Layer.succeed(TurnDetector, { name: "broken", finished })
    const outcome = getVirtual(talk({ ...scene(), instead }, askTwice))
    expect(linesOf(outcome)).toEqual(both)
    expect(Option.getOrThrow(outcome.turns[0]?.timings.endpoint ?? Option.none())).toBe(700)
  })
})
