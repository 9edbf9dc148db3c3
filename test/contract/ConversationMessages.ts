import { assert, layer as suite } from "@effect/vitest"
import { Arbitrary, Effect, type Layer } from "effect"
import { ConversationRepository } from "../../src/domain/conversation/ConversationRepository.ts"
import { Message, MessageId } from "../../src/domain/conversation/Message.ts"
import type { RoomRepository } from "../../src/domain/room/RoomRepository.ts"
import type { UserRepository } from "../../src/domain/user/UserRepository.ts"
import { anyText, kept, keptJson } from "../support/Json.ts"
import * as Samples from "../support/Samples.ts"
import * as Stored from "../support/Stored.ts"

type Repositories = UserRepository | RoomRepository | ConversationRepository

const contents = (messages: ReadonlyArray<Message>) => messages.map((message) => message.content)

/** What every store of conversations promises of their messages. */
export const conversationMessagesContract = <E>(name: string, layer: Layer.Layer<Repositories, E>) =>
  suite(layer, { excludeTestServices: true })(`ConversationRepository, messages: ${name}`, (it) => {
    it.effect.prop(
      "what goes in comes out, and no odd character loses a message",
      { sample: Arbitrary.make(Message), content: anyText },
      ({ content, sample }) =>
        Effect.gen(function* () {
          const conversations = yield* ConversationRepository
          const { id: conversationId } = yield* Stored.conversation
          const message = new Message({ ...sample, id: MessageId.make(crypto.randomUUID()), conversationId, content })
          yield* conversations.addMessage(message, 0)
          const found = yield* conversations.messages(conversationId, 1)
          assert.deepStrictEqual(
            found.map((one) => ({ ...one, metadata: {} })),
            [{ ...message, content: kept(content), metadata: {} }],
          )
          assert.deepStrictEqual(found[0]?.metadata, keptJson(message.metadata))
        }),
      { fastCheck: { numRuns: 100 } },
    )

    it.effect("storing a message twice changes nothing", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id } = yield* Stored.conversation
        const message = Samples.message(id, "once")
        yield* Effect.all(
          Array.from({ length: 5 }, (_, index) =>
            conversations.addMessage(index === 0 ? message : new Message({ ...message, id: message.id }), 0),
          ),
          { concurrency: "unbounded" },
        )
        yield* conversations.addMessage(new Message({ ...message, content: "twice" }), 0)
        assert.deepStrictEqual(yield* conversations.messages(id, 10), [message])
      }),
    )

    it.effect("messages come as they were said; those of one moment as they were stored", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id } = yield* Stored.conversation
        const same = Array.from({ length: 20 }, (_, index) => Samples.message(id, `same ${index}`))
        yield* Effect.forEach(same, (message) => conversations.addMessage(message, 0), { discard: true })
        yield* conversations.addMessage(Samples.message(id, "later", { timestamp: Samples.at(3) }), 0)
        yield* conversations.addMessage(Samples.message(id, "earlier", { timestamp: Samples.at(0) }), 0)
        const expected = ["earlier", ...contents(same), "later"]
        assert.deepStrictEqual(contents(yield* conversations.messages(id, 100)), expected)
        assert.deepStrictEqual(contents(yield* conversations.messages(id, 3)), expected.slice(-3))
      }),
    )

    it.effect("a message needs its conversation", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id } = Samples.conversation(Samples.room(Samples.user().id))
        const error = yield* Effect.flip(conversations.addMessage(Samples.message(id, "hello?"), 0))
        assert.include(error, { _tag: "ConversationNotFound", conversationId: id })
        assert.deepStrictEqual(yield* conversations.messages(id, 10), [])
      }),
    )

    it.effect("what comes late from a worker whose conversation was taken over is refused", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id } = yield* Stored.conversation
        const first = Samples.message(id, "by the first worker")
        yield* conversations.addMessage(first, 1)
        yield* conversations.takeOver(id, 2)
        const late = yield* Effect.flip(conversations.addMessage(Samples.message(id, "late"), 1))
        assert.deepStrictEqual([late._tag, late._tag === "Fenced" && late.fence], ["Fenced", 1])
        // A fence that went down would let the first one in again.
        yield* conversations.takeOver(id, 1)
        assert.strictEqual(
          (yield* Effect.flip(conversations.addMessage(Samples.message(id, "late"), 1)))._tag,
          "Fenced",
        )
        const second = Samples.message(id, "by the second worker")
        yield* conversations.addMessage(second, 2)
        assert.deepStrictEqual(contents(yield* conversations.messages(id, 10)), [first.content, second.content])
      }),
    )

    it.effect("a message that races a takeover is stored before it or refused", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id } = yield* Stored.conversation
        const messages = Array.from({ length: 20 }, (_, index) => Samples.message(id, `message ${index}`))
        const [, exits] = yield* Effect.all(
          [
            Effect.zipRight(Effect.sleep("5 millis"), conversations.takeOver(id, 2)),
            Effect.forEach(messages, (message) => Effect.either(conversations.addMessage(message, 1)), {
              concurrency: 4,
            }),
          ],
          { concurrency: 2 },
        )
        const stored = messages.filter((_, index) => exits[index]?._tag === "Right").map(({ content }) => content)
        assert.sameMembers(contents(yield* conversations.messages(id, 100)), stored)
      }),
    )
  })
