import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import type { Tool } from "../../../src/domain/llm/Tool.ts"
import { Unavailable } from "../../../src/domain/speech/ProviderError.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { callsTool, says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { intelligible, linesOf, spansOf, toldIn } from "../../support/Listener.ts"
import { type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const speakThen = (person: Person, millis: number, pauseMillis: number) =>
  Effect.zipRight(person.speak(millis), Effect.sleep(pauseMillis))
const finished = () => 0.6
const once = (person: Person) => speakThen(person, 1_000, 5_000)
/** Goes on before the end of the turn, but after the words were recognised. */
const twice = (person: Person) => Effect.zipRight(speakThen(person, 1_000, 400), speakThen(person, 600, 5_000))

describe("thinking before the person has surely finished", () => {
  it("has the first words ready at the endpoint, and says none of them before", () => {
    const outcome = getVirtual(
      talk({ finished, hears: Script.list([heard("Hello")]), thinks: Script.list([says("Hello, Ada.")]) }, once),
    )
    const [turn] = outcome.turns
    const at = (stage: "firstToken" | "firstAudio" | "endpoint" | "playout") =>
      Option.getOrThrow(turn?.timings[stage] ?? Option.none())
    expect(turn?.speculative).toBe(true)
    expect(at("firstToken")).toBeLessThan(at("endpoint"))
    expect(at("firstAudio")).toBeLessThan(at("endpoint"))
    expect(at("playout")).toBe(at("endpoint"))
    expect(spansOf(outcome.person)[0]?.from).toBe(1_000 + at("endpoint") - 20)
    expect(outcome.requests).toHaveLength(1)
  })

  it("is thrown away when the person goes on", () => {
    const voice = intelligible()
    const outcome = getVirtual(
      talk(
        {
          finished,
          voice,
          hears: Script.list([heard("I want tea"), heard("no, coffee.")]),
          thinks: Script.list([says("Tea it is."), says("Coffee it is.")]),
        },
        twice,
      ),
    )
    expect(outcome.requests).toHaveLength(2)
    expect(toldIn(outcome, 1)).toEqual([["User", "I want tea no, coffee."]])
    expect(voice.words(outcome.person).map(({ word }) => word)).toEqual(["Coffee", "it", "is."])
    expect(linesOf(outcome)).toEqual([
      ["user", "I want tea no, coffee."],
      ["assistant", "Coffee it is."],
    ])
    expect(outcome.turns.map(({ index, outcome }) => [index, outcome])).toEqual([[0, "answered"]])
  })

  it("uses no tool before the endpoint", () => {
    const ran: Array<string> = []
    const tool: Tool = {
      name: "order",
      description: "orders",
      parameters: {},
      filler: "Ordering.",
      run: (args) =>
        Effect.as(
          Effect.sync(() => void ran.push(args)),
          "ordered",
        ),
    }
    const outcome = getVirtual(
      talk(
        {
          finished,
          tools: [tool],
          hears: Script.list([heard("Order tea"), heard("no, coffee.")]),
          thinks: Script.list([callsTool("order", "tea"), callsTool("order", "coffee"), says("Done.")]),
        },
        twice,
      ),
    )
    expect(outcome.requests).toHaveLength(3)
    expect(ran).toEqual(["coffee"])
  })

  it("is left when the words are likely not all", () => {
    const outcome = getVirtual(
      talk({ finished: () => 0.3, hears: Script.list([heard("So")]), thinks: Script.list([says("Yes?")]) }, once),
    )
    expect(outcome.turns.map(({ speculative }) => speculative)).toEqual([false])
  })

  it("is left when the settings say so", () => {
    const settings = { endpointing: { ...defaults.endpointing, speculative: false } }
    const outcome = getVirtual(
      talk({ settings, finished, hears: Script.list([heard("Hello")]), thinks: Script.list([says("Hello.")]) }, once),
    )
    expect(outcome.turns.map(({ speculative }) => speculative)).toEqual([false])
    expect(linesOf(outcome)).toHaveLength(2)
  })

  it("costs nothing when it fails: the model is asked anew at the endpoint", () => {
    const outcome = getVirtual(
      talk(
        {
          finished,
          hears: Script.list([heard("Hello")]),
          thinks: Script.list([[{ kind: "fail", reason: new Unavailable({ detail: "down" }) }], says("Hello, Ada.")]),
        },
        once,
      ),
    )
    expect(linesOf(outcome)[1]).toEqual(["assistant", "Hello, Ada."])
    expect(outcome.turns.map(({ outcome, recoveries }) => [outcome, recoveries])).toEqual([["answered", 0]])
  })
})
