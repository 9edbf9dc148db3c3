import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, linesOf, spansOf, toldIn } from "../../support/Listener.ts"
import { talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const id = (count: number) => `00000000-0000-4000-8000-1${String(count).padStart(11, "0")}`
const answers = (...texts: ReadonlyArray<string>) => Script.list(texts.map((text) => says(text)))
const counting = "One two three four five six seven eight nine ten eleven twelve."

describe("typed text", () => {
  it("is answered aloud, at once", () => {
    const outcome = getVirtual(
      talk({ thinks: answers("Hello, Ada.") }, (person) =>
        Effect.zipRight(person.type("hello", id(1)), Effect.sleep("5 seconds")),
      ),
    )
    expect(outcome.messages.map(({ content, id, metadata }) => [id, content, metadata.source])[0]).toEqual([
      id(1),
      "hello",
      "text",
    ])
    expect(eventsOf(outcome, "UserTranscript")).toMatchObject([
      { messageId: id(1), text: "hello", final: true, source: "text" },
    ])
    expect(linesOf(outcome)[1]).toEqual(["assistant", "Hello, Ada."])
    expect(spansOf(outcome.person)[0]?.from).toBeLessThanOrEqual(20)
    expect(outcome.turns.map(({ source }) => source)).toEqual(["text"])
  })

  it("sent twice under one id is one message", () => {
    const outcome = getVirtual(
      talk({ thinks: answers("Hello.", "Yes?") }, (person) =>
        Effect.all([
          person.type("hello", id(1)),
          person.type("hello", id(1)),
          Effect.sleep("2 seconds"),
          person.type("hello", id(1)),
          person.type("hello?", id(2)),
          Effect.sleep("5 seconds"),
          person.type("hello", id(1)),
          Effect.sleep("5 seconds"),
        ]),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "hello"],
      ["assistant", "Hello."],
      ["user", "hello?"],
      ["assistant", "Yes?"],
    ])
  })

  it("interrupts what is being said", () => {
    const outcome = getVirtual(
      talk({ thinks: answers(counting, "Stopped.") }, (person) =>
        Effect.all([
          person.type("count", id(1)),
          Effect.sleep(550),
          person.type("stop", id(2)),
          Effect.sleep("5 seconds"),
        ]),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "count"],
      ["assistant", "One two three four five"],
      ["user", "stop"],
      ["assistant", "Stopped."],
    ])
    expect(outcome.messages[1]?.metadata.unheard).toBe("six seven eight nine ten eleven twelve.")
    expect(toldIn(outcome, 1)).toEqual([
      ["User", "count"],
      ["Assistant", "One two three four five"],
      ["User", "stop"],
    ])
  })

  it("comes after the words that were said before it, and a guess at their answer is thrown away", () => {
    const outcome = getVirtual(
      talk(
        { finished: () => 0.6, hears: Script.list([heard("I would like")]), thinks: answers("What?", "Tea it is.") },
        (person) =>
          Effect.all([person.speak(800), Effect.sleep(350), person.type("tea", id(1)), Effect.sleep("5 seconds")]),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "I would like"],
      ["user", "tea"],
      ["assistant", "Tea it is."],
    ])
    expect(toldIn(outcome, 1)).toEqual([
      ["User", "I would like"],
      ["User", "tea"],
    ])
  })

  it("while the person speaks is answered once they are silent", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([heard("", 100)]), thinks: answers("Noted.") }, (person) =>
        Effect.all([
          Effect.fork(person.speak(3_000)),
          Effect.sleep(500),
          person.type("a note", id(1)),
          Effect.sleep("8 seconds"),
        ]),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "a note"],
      ["assistant", "Noted."],
    ])
    expect(spansOf(outcome.person)[0]?.from).toBeGreaterThan(3_000)
  })

  it("is kept, every one of many, in order", () => {
    const count = 40
    const outcome = getVirtual(
      talk({ thinks: answers(...Array.from({ length: count }, () => "Yes.")) }, (person) =>
        Effect.zipRight(
          Effect.forEach(Array.from({ length: count }), (_, index) => person.type(`text ${index}`, id(index))),
          Effect.sleep("5 seconds"),
        ),
      ),
    )
    const typed = linesOf(outcome).filter(([role]) => role === "user")
    expect(typed.map(([, text]) => text)).toEqual(Array.from({ length: count }, (_, index) => `text ${index}`))
    expect(linesOf(outcome).at(-1)).toEqual(["assistant", "Yes."])
  })
})
