import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import fc from "fast-check"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import { delayMillis, learn, noPauses, type Pauses } from "../../../src/agent/conversation/Endpointing.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { linesOf } from "../../support/Listener.ts"
import { type Outcome, type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const { endpointing } = defaults
const after = (...pauses: ReadonlyArray<number>): Pauses => pauses.reduce(learn, noPauses)

describe("how long to wait for more words", () => {
  it.each([
    { finished: 1, pauses: after(), delay: 400, why: "surely finished" },
    { finished: 0, pauses: after(), delay: 1_600, why: "surely not finished" },
    { finished: 0.5, pauses: after(), delay: 700, why: "a quarter of the way at half the doubt" },
    { finished: 0.6, pauses: after(900), delay: 1_125, why: "a pause of one's own is waited out" },
    { finished: 0.6, pauses: after(900, 300), delay: 875, why: "the newest pause counts a third" },
    { finished: 0.9, pauses: after(900), delay: 412, why: "clear words need no habit" },
    { finished: 0.6, pauses: after(5_000), delay: 1_600, why: "no habit exceeds the bound" },
    { finished: -3, pauses: after(), delay: 1_600, why: "a detector out of its range changes no bound" },
    { finished: 7, pauses: after(), delay: 400, why: "a detector out of its range changes no bound" },
  ])("$delay ms: $why", ({ delay, finished, pauses }) => {
    expect(delayMillis(finished, pauses, endpointing)).toBe(delay)
  })

  const anyPauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 20 }).map((all) => after(...all))
  const bounds = fc
    .tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 5_000 }))
    .map(([min, more]) => ({ delayMillisMin: min, delayMillisMax: min + more, speculative: true }))

  it("never leaves its bounds", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), anyPauses, bounds, (finished, pauses, settings) => {
        const delay = delayMillis(finished, pauses, settings)
        expect(delay).toBeGreaterThanOrEqual(settings.delayMillisMin)
        expect(delay).toBeLessThanOrEqual(settings.delayMillisMax)
      }),
    )
  })

  it("never waits longer for words that are more finished", () => {
    const likelihood = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(likelihood, likelihood, anyPauses, (a, b, pauses) => {
        const longer = delayMillis(Math.min(a, b), pauses, endpointing)
        expect(delayMillis(Math.max(a, b), pauses, endpointing)).toBeLessThanOrEqual(longer)
      }),
    )
  })
})

const finished = (text: string) => (text.endsWith("and") ? 0 : text.endsWith(".") ? 0.95 : 0.6)
const endpointOf = (outcome: Outcome, turn: number): number =>
  Option.getOrThrow(outcome.turns[turn]?.timings.endpoint ?? Option.none())
const answers = () => Script.list(Array.from({ length: 9 }, () => says("Fine.")))
const say = (person: Person, millis: number, pauseMillis: number) =>
  Effect.zipRight(person.speak(millis), Effect.sleep(pauseMillis))

describe("the end of a turn", () => {
  it("comes sooner after a finished sentence than after 'and'", () => {
    const outcome = getVirtual(
      talk(
        { finished, hears: Script.list([heard("I like tea."), heard("I like tea and")]), thinks: answers() },
        (person) => Effect.zipRight(say(person, 800, 4_000), say(person, 800, 4_000)),
      ),
    )
    expect(endpointOf(outcome, 0)).toBe(403)
    expect(endpointOf(outcome, 1)).toBe(1_600)
  })

  it("waits for a recogniser that is slower than the silence, and no longer", () => {
    const outcome = getVirtual(
      talk({ finished, hears: Script.list([heard("I like tea.", 900)]), thinks: answers() }, (person) =>
        say(person, 800, 4_000),
      ),
    )
    expect(endpointOf(outcome, 0)).toBe(220 + 900)
  })

  it("is not a pause: two segments are one message and one answer", () => {
    const outcome = getVirtual(
      talk(
        { finished, hears: Script.list([heard("I like tea and", 100), heard("a cake.", 100)]), thinks: answers() },
        (person) => Effect.zipRight(say(person, 800, 900), say(person, 600, 4_000)),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "I like tea and a cake."],
      ["assistant", "Fine."],
    ])
  })

  it("keeps the order of the words when the recogniser is done with the second part first", () => {
    const outcome = getVirtual(
      talk(
        { finished, hears: Script.list([heard("I like tea and", 2_000), heard("a cake.", 50)]), thinks: answers() },
        (person) => Effect.zipRight(say(person, 800, 700), say(person, 600, 5_000)),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "I like tea and a cake."],
      ["assistant", "Fine."],
    ])
  })

  it("comes later for a person who is known to pause", () => {
    const words = [heard("My name is"), heard("Ada and"), heard("my number is"), heard("My name is Bob")]
    const outcome = getVirtual(
      talk({ finished, hears: Script.list(words), thinks: answers() }, (person) =>
        Effect.all([say(person, 800, 4_000), say(person, 800, 900), say(person, 800, 4_000), say(person, 800, 4_000)]),
      ),
    )
    expect(endpointOf(outcome, 0)).toBe(592)
    expect(endpointOf(outcome, 2)).toBeGreaterThan(1_000)
    expect(endpointOf(outcome, 2)).toBeLessThanOrEqual(endpointing.delayMillisMax)
    expect(linesOf(outcome).filter(([role]) => role === "user")).toHaveLength(3)
  })
})
