import { assert } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { MessageId } from "../../../../src/domain/conversation/Message.ts"
import {
  AssistantTranscript,
  Ended,
  Notice,
  StateChanged,
  UserTranscript,
} from "../../../../src/domain/media/ConversationEvent.ts"
import {
  chatTopic,
  Hello,
  helloMethod,
  interruptMethod,
  messageIdAttribute,
  RoomSettings,
  settingsMethod,
} from "../../../../src/domain/media/LiveKitProtocol.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import { eventually, joinPerson, type LiveKitPerson } from "./LiveKitPerson.ts"
import { acts, collect, conversationId, joinAssistant, type Sdk, tags, tester, TestServer } from "./World.ts"

const room = "room"
const id = (digit: number) => MessageId.make(`00000000-0000-4000-8000-00000000000${digit}`)

const said = (digit: number, text: string, final: boolean, speaker?: string) =>
  UserTranscript.make({
    messageId: id(digit),
    text,
    final,
    source: "speech",
    ...(speaker === undefined ? {} : { speaker }),
  })

const answered = (digit: number, text: string, final: boolean) =>
  AssistantTranscript.make({ messageId: id(digit), text, pending: "", final, interrupted: false })

const stateOf = (person: LiveKitPerson) => person.agent?.attributes["lk.agent.state"]

const together = Effect.gen(function* () {
  const server = yield* TestServer
  const ada = yield* joinPerson(server, room, "ada", { name: "Ada" })
  const joined = yield* joinAssistant(room)
  yield* eventually(() => ada.isListening, "the person sees the assistant")
  return { ...joined, server, ada }
})

const down = (test: ReturnType<typeof tester>) => {
  test(
    "tells the page all that happens, in order, also what no packet holds",
    Effect.gen(function* () {
      const { ada, transport } = yield* together
      const long = "word ".repeat(6_000)
      yield* transport.send(StateChanged.make({ state: "thinking" }))
      yield* transport.send(said(1, "what time is it", true))
      yield* transport.send(answered(2, long, true))
      yield* transport.send(Ended.make({ reason: "assistant" }))
      yield* eventually(() => ada.events.some(({ _tag }) => _tag === "Ended"), "the last event")
      yield* eventually(() => ada.events.length === 4, "all of them")
      assert.deepStrictEqual(
        ada.events.map((event) => event._tag).filter((tag) => tag !== "AssistantTranscript"),
        ["StateChanged", "UserTranscript", "Ended"],
      )
      assert.deepInclude(
        ada.events.find(({ _tag }) => _tag === "AssistantTranscript"),
        { text: long },
      )
    }),
  )

  test(
    "says once more what happened, to who asks, and to nobody else",
    Effect.gen(function* () {
      const { ada, server, transport } = yield* together
      yield* transport.send(StateChanged.make({ state: "speaking" }))
      yield* transport.send(said(1, "hello", true))
      yield* eventually(() => ada.events.length === 2, "told once")
      const bob = yield* joinPerson(server, room, "bob")
      yield* eventually(() => bob.agent !== undefined, "Bob sees the assistant")
      const hello = yield* Schema.decodeUnknown(Schema.parseJson(Hello))(
        yield* Effect.promise(() => bob.call(helloMethod)),
      )
      assert.deepStrictEqual(hello, {
        conversationId,
        state: "speaking",
        resumeWithinMillis: 30_000,
        languageModel: "scripted",
      })
      yield* eventually(() => bob.events.length === 2, "Bob is told")
      assert.deepStrictEqual(bob.events, ada.events)
      yield* transport.send(Notice.make({ code: "dead-air", message: "still there?" }))
      yield* eventually(() => bob.events.length === 3 && ada.events.length === 3, "both are told what is new")
    }),
  )

  test(
    "shows both sides' words to LiveKit's own clients",
    Effect.gen(function* () {
      const { ada, server, transport } = yield* together
      const bob = yield* joinPerson(server, room, "bob", { name: "Bob" })
      yield* eventually(() => bob.agent !== undefined, "Bob sees the assistant")
      yield* transport.send(said(1, "what", false))
      yield* eventually(() => ada.transcripts.length === 1, "an interim")
      yield* transport.send(said(1, "what time is it", true))
      yield* transport.send(answered(2, "It is noon.", true))
      yield* eventually(() => ada.transcripts.length === 3, "both sides")
      const microphone = [...ada.self.trackPublications.keys()][0]
      const [interim, final, answer] = ada.transcripts
      assert.deepStrictEqual(interim, {
        by: "ada",
        text: "what",
        attributes: {
          "lk.segment_id": id(1),
          "lk.transcription_final": "false",
          "lk.transcribed_track_id": microphone ?? "",
        },
      })
      assert.deepInclude(final, { by: "ada", text: "what time is it" })
      assert.deepInclude(final?.attributes, { "lk.segment_id": id(1), "lk.transcription_final": "true" })
      assert.deepInclude(answer, { by: "assistant", text: "It is noon." })
      assert.deepInclude(answer?.attributes, { "lk.segment_id": id(2), "lk.transcription_final": "true" })
      assert.strictEqual(
        answer?.attributes["lk.transcribed_track_id"],
        [...(ada.agent?.trackPublications.keys() ?? [])][0],
      )
    }),
  )

  test(
    "shows how the assistant is as its attribute",
    Effect.gen(function* () {
      const { ada, transport } = yield* together
      yield* eventually(() => stateOf(ada) === "initializing", "at first")
      yield* transport.send(StateChanged.make({ state: "listening" }))
      yield* eventually(() => stateOf(ada) === "listening", "then")
    }),
  )

  test(
    "says its last before it leaves",
    Effect.gen(function* () {
      const server = yield* TestServer
      const ada = yield* joinPerson(server, room, "ada")
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { transport } = yield* joinAssistant(room)
          yield* eventually(() => ada.isListening, "the person sees the assistant")
          yield* transport.send(Ended.make({ reason: "assistant" }))
        }),
      )
      yield* eventually(() => ada.events.length === 1, "the end is told")
    }),
  )

  test(
    "never waits, and keeps no more than its bound",
    Effect.gen(function* () {
      const { ada, transport } = yield* together
      for (let count = 0; count < 2_000; count++) {
        yield* transport.send(said(1, `${count}`, false))
      }
      yield* transport.send(said(1, "done", true))
      yield* eventually(() => ada.events.some((event) => "text" in event && event.text === "done"), "the newest")
      yield* eventually(() => ada.transcripts.some(({ text }) => text === "done"), "the newest transcript")
      assert.isBelow(ada.events.length, 1_000, "most were replaced by newer ones")
    }),
  )
}

const up = (test: ReturnType<typeof tester>) => {
  test(
    "takes what is typed, once under its id",
    Effect.gen(function* () {
      const { ada, transport } = yield* together
      const taken = yield* collect(transport)
      const send = (text: string, attributes: Record<string, string> = {}) =>
        Effect.promise(() => ada.self.sendText(text, { topic: chatTopic, attributes }))
      yield* send("  hello ", { [messageIdAttribute]: id(7) })
      yield* eventually(() => tags(taken).includes("Text"), "a text")
      yield* send("x".repeat(5_000))
      yield* send("  ")
      const info = yield* send("from an unmodified client")
      yield* eventually(() => tags(taken).length === 3, "another")
      const texts = acts(taken).flatMap((input) => (input._tag === "Text" ? [input] : []))
      assert.deepStrictEqual(
        texts.map(({ text }) => text),
        ["hello", "from an unmodified client"],
      )
      assert.strictEqual(texts[0]?.messageId, id(7))
      assert.isTrue(Option.isSome(Schema.decodeUnknownOption(MessageId)(texts[1]?.messageId)))
      assert.isNotEmpty(info.streamId)
    }),
  )

  test(
    "takes an interruption, and tells its settings",
    Effect.gen(function* () {
      const { ada, transport } = yield* together
      const taken = yield* collect(transport)
      assert.strictEqual(yield* Effect.promise(() => ada.call(interruptMethod)), "")
      yield* eventually(() => tags(taken).includes("Interrupt"), "the interruption")
      const settings = yield* Schema.decodeUnknown(Schema.parseJson(RoomSettings))(
        yield* Effect.promise(() => ada.call(settingsMethod)),
      )
      assert.deepStrictEqual(settings, { assistantName: "Parley", language: "en", recorded: false })
    }),
  )

  test(
    "refuses what is more than the engine takes in",
    Effect.gen(function* () {
      const { ada } = yield* together
      const asked = yield* Effect.either(
        Effect.forEach(Array.from({ length: 8 }), () => Effect.tryPromise(() => ada.call(interruptMethod)), {
          discard: true,
        }),
      )
      assert.match(JSON.stringify(asked), /Left/)
    }),
    { inputEventsMax: 4 },
  )
}

export const events = (sdk: Sdk) =>
  describeLiveKit(`Events in a LiveKit room, SDK ${sdk}`, () => {
    const test = tester(sdk)
    down(test)
    up(test)
  })
