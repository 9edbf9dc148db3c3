import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Exit } from "effect"
import { Message, MessageId } from "../../../src/domain/conversation/Message.ts"
import { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, linesOf, spansOf } from "../../support/Listener.ts"
import { context, type Person, start, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const id = (count: number) => MessageId.make(`00000000-0000-4000-8000-2${String(count).padStart(11, "0")}`)
const before = (...lines: ReadonlyArray<readonly ["user" | "assistant", string]>) =>
  lines.map(
    ([role, content], index) =>
      new Message({
        id: id(index),
        conversationId: context.conversation.id,
        role,
        content,
        timestamp: DateTime.add(start, { seconds: -60 + index }),
        metadata: {},
      }),
  )
const counting = "One two three four five six seven eight nine ten eleven twelve."
const back = "Sorry, I was gone for a moment. I'm back."
const stopping = "I'm sorry, I have to stop here. Please start again in a moment. Goodbye!"
const greeting = "Hello, Ada."
const ten = Effect.sleep("10 seconds")

describe("a conversation that another worker held", () => {
  it("goes on with a word of apology instead of a greeting, and knows what was said", () => {
    const outcome = getVirtual(
      talk(
        {
          before: before(["user", "My name is Ada."], ["assistant", "Nice to meet you."]),
          hears: Script.list([heard("What is my name?")]),
          thinks: Script.list([says("Ada.")]),
          settings: { greeting },
        },
        (person) => Effect.all([ten, person.speak(800), ten]),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["assistant", back],
      ["user", "What is my name?"],
      ["assistant", "Ada."],
    ])
    const told = outcome.requests[0]?.messages.map((message) => ("text" in message ? message.text : "")) ?? []
    expect(told.slice(1)).toEqual(["My name is Ada.", "Nice to meet you.", back, "What is my name?"])
  })

  it("answers what the person had said when the worker was lost, once", () => {
    const outcome = getVirtual(
      talk({ before: before(["user", "Count."]), thinks: Script.list([says(counting)]) }, () => ten),
    )
    expect(linesOf(outcome)).toEqual([
      ["assistant", back],
      ["assistant", counting],
    ])
    const told = outcome.requests[0]?.messages.filter((message) => message._tag === "User")
    expect(told).toHaveLength(1)
  })

  it("does not answer it when the person says something else first", () => {
    const outcome = getVirtual(
      talk({ before: before(["user", "Count."]), thinks: Script.list([says("Stopped.")]) }, (person) =>
        Effect.all([Effect.sleep(500), person.type("stop", id(9)), ten]),
      ),
    )
    expect(linesOf(outcome).slice(-2)).toEqual([
      ["user", "stop"],
      ["assistant", "Stopped."],
    ])
    expect(outcome.requests).toHaveLength(1)
  })

  it("does not answer a typed message again that the page sends again", () => {
    const outcome = getVirtual(
      talk({ before: before(["user", "hello"], ["assistant", "Hi."]) }, (person) =>
        Effect.all([ten, person.type("hello", id(0)), ten]),
      ),
    )
    expect(linesOf(outcome)).toEqual([["assistant", back]])
  })
})

describe("a conversation that is ended from outside", () => {
  const scene = () => ({ hears: Script.list([heard("Count.")]), thinks: Script.list([says(counting)]) })
  const during = (person: Person, reason: "drain" | "handover") =>
    Effect.all([person.speak(800), Effect.sleep("1500 millis"), person.endFor(reason), ten])

  it("for a drain breaks off and says goodbye first", () => {
    const outcome = getVirtual(talk(scene(), (person) => during(person, "drain")))
    expect(outcome.reason).toEqual(Exit.succeed("drain"))
    expect(linesOf(outcome).at(-1)).toEqual(["assistant", stopping])
    expect(linesOf(outcome).at(-2)?.[1]).not.toBe(counting)
    expect(eventsOf(outcome, "Ended")).toMatchObject([{ reason: "drain" }])
    expect(outcome.hookCalls.at(-1)).toBe("onRoomLeft drain")
    expect(outcome.fibersLeft).toBe(0)
  })

  it("for a drain ends though the person talks into the goodbye", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([heard("Wait, what?")]) }, (person) =>
        Effect.all([Effect.sleep("1 second"), person.endFor("drain"), Effect.sleep(300), person.speak(1_500), ten]),
      ),
    )
    expect(outcome.reason).toEqual(Exit.succeed("drain"))
    expect(linesOf(outcome).map(([role]) => role)).not.toContain("system")
  })

  it("for a handover falls silent at once and tells nobody of an end", () => {
    const outcome = getVirtual(talk(scene(), (person) => during(person, "handover")))
    expect(outcome.reason).toEqual(Exit.succeed("handover"))
    expect(spansOf(outcome.person).at(-1)?.to).toBeLessThanOrEqual(2_300 + 220)
    expect(eventsOf(outcome, "Ended")).toEqual([])
    expect(outcome.hookCalls.at(-1)).toBe("onRoomLeft handover")
    expect(outcome.fibersLeft).toBe(0)
  })
})

describe("several people", () => {
  const speaker = (name: string) => TransportInput.Speaker({ identity: name.toLowerCase(), name })

  it("each have their name at what they say, and the model is told who", () => {
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([heard("I like tea."), heard("I like coffee.")]),
          thinks: Script.list([says("Tea it is."), says("And coffee.")]),
        },
        (person) =>
          Effect.all([
            person.do(speaker("Ada")),
            person.speak(800),
            ten,
            person.do(speaker("Bob")),
            person.speak(800),
            ten,
          ]),
      ),
    )
    const said = outcome.messages.filter(({ role }) => role === "user")
    expect(said.map(({ content, metadata }) => [metadata.speaker, content])).toEqual([
      ["Ada", "I like tea."],
      ["Bob", "I like coffee."],
    ])
    const asked = outcome.requests.map(({ messages }) => messages.at(-1))
    expect(asked).toMatchObject([{ text: "Ada: I like tea." }, { text: "Bob: I like coffee." }])
    expect(eventsOf(outcome, "UserTranscript").map(({ speaker }) => speaker)).toContain("Bob")
  })

  it("who talk right after each other are not taken for one", () => {
    const outcome = getVirtual(
      talk(
        {
          finished: () => 0.1,
          hears: Script.list([heard("I like"), heard("coffee.")]),
          thinks: Script.list([says("Coffee.")]),
        },
        (person) =>
          Effect.all([
            person.do(speaker("Ada")),
            person.speak(800),
            Effect.sleep(900),
            person.do(speaker("Bob")),
            person.speak(800),
            ten,
          ]),
      ),
    )
    const said = outcome.messages.filter(({ role }) => role === "user")
    expect(said.map(({ content, metadata }) => [metadata.speaker, content])).toEqual([
      ["Ada", "I like"],
      ["Bob", "coffee."],
    ])
  })
})
