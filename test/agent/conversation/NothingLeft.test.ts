import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Exit, Layer, Option, Stream } from "effect"
import { type Hook, HookError } from "../../../src/domain/hook/LifecycleHooks.ts"
import { ChatPart, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import { silence } from "../../../src/domain/speech/PcmFrame.ts"
import { SpeechToText, TranscriptEvent } from "../../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../../src/domain/speech/TextToSpeech.ts"
import { type Outcome, type Person, talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const midAnswer = (person: Person) => Effect.zipRight(person.speak(800), Effect.sleep(1_000))

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

describe("when an answer is cut, nothing of it is left", () => {
  it.each<{ readonly what: string; readonly cut: (person: Person) => Effect.Effect<unknown>; readonly left: number }>([
    { what: "by a key", cut: (person) => person.do(TransportInput.Interrupt()), left: 0 },
    // Model and voice of the next answer, which is begun early.
    { what: "by words", cut: (person) => Effect.zipRight(person.speak(800), Effect.sleep(300)), left: 2 },
  ])("$what", ({ cut, left }) => {
    const providers = counted()
    let open = -1
    const outcome = getVirtual(
      talk({ instead: providers.instead }, (person) =>
        Effect.all([
          midAnswer(person),
          Effect.sync(() => expect(providers.open()).toBe(2)),
          cut(person),
          Effect.sleep(50),
          Effect.sync(() => void (open = providers.open())),
          Effect.sleep("1 second"),
        ]),
      ),
    )
    expect(outcome.turns[0]?.outcome).toBe("interrupted")
    expect(open).toBe(left)
  })
})
