import { describe, expect, it } from "@effect/vitest"
import { Cause, Duration, Effect, Exit, Layer, Option, Stream } from "effect"
import { type Hook, HookError } from "../../../src/domain/hook/LifecycleHooks.ts"
import { ChatPart, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import { Toolbox } from "../../../src/domain/llm/Tool.ts"
import { silence } from "../../../src/domain/speech/PcmFrame.ts"
import { SpeechToText, TranscriptEvent } from "../../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../../src/domain/speech/TextToSpeech.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, linesOf, spansOf } from "../../support/Listener.ts"
import { type Outcome, type Person, talk } from "../../support/Talk.ts"
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

/** Providers that count what they hold open. */
const counted = () => {
  let open = 0
  let opened = 0
  const hold = <A, E>(stream: Stream.Stream<A, E>) =>
    Stream.suspend(() => {
      open++
      opened++
      return Stream.ensuring(
        stream,
        Effect.sync(() => void open--),
      )
    })
  const final = Stream.make(TranscriptEvent.Final({ text: "Go on.", confidence: 1 }))
  const instead = Layer.mergeAll(
    Layer.succeed(SpeechToText, {
      name: "counted",
      transcribe: (audio) => hold(Stream.concat(Stream.drain(audio), final)),
    }),
    Layer.succeed(LanguageModel, {
      name: "counted",
      chat: () =>
        hold(Stream.repeatEffect(Effect.as(Effect.sleep(50), ChatPart.TextDelta({ text: "Word word word. " })))),
    }),
    Layer.succeed(TextToSpeech, {
      name: "counted",
      voices: [],
      synthesize: () =>
        hold(Stream.repeatEffect(Effect.as(Effect.sleep(50), { frame: silence(100, 8_000), words: [] }))),
    }),
  )
  return { instead, open: () => open, opened: () => opened }
}
const abort: Hook = {
  name: "strict",
  timeout: Duration.seconds(1),
  onFailure: "abort",
  onConversationTurn: () => new HookError({ hook: "strict", event: "onConversationTurn", detail: "no" }),
}
const overSpeech = (person: Person) =>
  Effect.all([midAnswer(person), Effect.fork(person.speak(3_000)), Effect.sleep(400)])

describe("when a talk is over, nothing of it is left", () => {
  it.each<{ readonly what: string; readonly story: (person: Person) => Effect.Effect<unknown> }>([
    { what: "by leaving in mid-answer", story: midAnswer },
    { what: "by leaving in mid-speech", story: overSpeech },
    {
      what: "by leaving before the endpoint",
      story: (person) => Effect.zipRight(person.speak(800), Effect.sleep(300)),
    },
    {
      what: "by a drain in mid-answer",
      story: (person) => Effect.all([midAnswer(person), person.drain, Effect.never]),
    },
    {
      what: "by a drain in mid-speech",
      story: (person) => Effect.all([overSpeech(person), person.drain, Effect.never]),
    },
    { what: "by a hook", story: (person) => Effect.all([midAnswer(person), person.speak(9_000), Effect.never]) },
  ])("$what", ({ story, what }) => {
    const providers = counted()
    const outcome: Outcome = getVirtual(
      talk({ instead: providers.instead, hooks: what === "by a hook" ? [abort] : [] }, (person) =>
        Effect.asVoid(story(person)),
      ),
    )
    expect(providers.opened()).toBeGreaterThan(1)
    expect(providers.open()).toBe(0)
    expect(outcome.fibersLeft).toBe(0)
    const reason = Option.getOrElse(
      Exit.getOrElse(Exit.map(outcome.reason, Option.some), () => Option.none()),
      () => "drain",
    )
    expect(reason).toBe(what.includes("hook") ? "hook" : what.includes("drain") ? "drain" : "left")
    expect(outcome.hookCalls.at(-1)).toBe(`onRoomLeft ${reason}`)
  })
})
