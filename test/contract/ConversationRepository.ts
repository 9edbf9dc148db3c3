import { assert, layer as suite } from "@effect/vitest"
import { Arbitrary, Effect, type Layer, Option } from "effect"
import { Conversation, ConversationId, type ConversationSummary } from "../../src/domain/conversation/Conversation.ts"
import { inMediaRoom } from "../../src/domain/conversation/MediaRoom.ts"
import { ConversationRepository, type ListRequest } from "../../src/domain/conversation/ConversationRepository.ts"
import { RoomRepository } from "../../src/domain/room/RoomRepository.ts"
import { UserId } from "../../src/domain/user/User.ts"
import type { UserRepository } from "../../src/domain/user/UserRepository.ts"
import { jsonObject, keptJson } from "../support/Json.ts"
import * as Samples from "../support/Samples.ts"
import * as Stored from "../support/Stored.ts"

type Repositories = UserRepository | RoomRepository | ConversationRepository

const ids = (items: ReadonlyArray<{ readonly id: ConversationId }>) => items.map((item) => item.id)

/** Reads to the end, and does something between the pages. */
const allPages = (request: Omit<ListRequest, "cursor">, between: Effect.Effect<unknown, unknown> = Effect.void) =>
  Effect.gen(function* () {
    const conversations = yield* ConversationRepository
    const items: Array<ConversationSummary> = []
    let cursor = Option.none<string>()
    do {
      const page = yield* conversations.list({ ...request, cursor })
      assert.isAtMost(page.items.length, request.limit)
      items.push(...page.items)
      cursor = page.next
      yield* between
    } while (Option.isSome(cursor))
    return items
  })

/** What every store of conversations promises of the conversations themselves. */
export const conversationRepositoryContract = <E>(name: string, layer: Layer.Layer<Repositories, E>) =>
  suite(layer, { excludeTestServices: true })(`ConversationRepository: ${name}`, (it) => {
    it.effect.prop(
      "what goes in comes out",
      { sample: Arbitrary.make(Conversation), metadata: jsonObject },
      ({ metadata, sample }) =>
        Effect.gen(function* () {
          const conversations = yield* ConversationRepository
          const room = yield* Stored.room
          const id = ConversationId.make(crypto.randomUUID())
          const conversation = new Conversation({
            ...sample,
            id,
            roomId: room.id,
            userId: room.createdBy,
            metadata,
          })
          yield* conversations.insert(conversation)
          const found = yield* conversations.get(id)
          assert.deepStrictEqual({ ...found, metadata: {} }, { ...conversation, metadata: {} })
          assert.deepStrictEqual(found.metadata, keptJson(metadata))
        }),
      { fastCheck: { numRuns: 50 } },
    )

    it.effect("storing a conversation twice changes nothing", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const conversation = yield* Stored.conversation
        yield* conversations.insert(new Conversation({ ...conversation, startedAt: Samples.at(99) }))
        assert.deepStrictEqual(yield* conversations.get(conversation.id), conversation)
      }),
    )

    it.effect("the newest open conversation of a room is found by the room's name on the media server", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const room = yield* Stored.room
        const [ended, older, newest] = [30, 10, 20].map((second) => Samples.conversation(room, second))
        if (ended === undefined || older === undefined || newest === undefined) return assert.fail("three were made")
        yield* Effect.forEach([ended, newest, older], conversations.insert)
        yield* Stored.conversation
        yield* conversations.end(ended.id, { at: Samples.at(60), reason: "left" })
        const find = conversations.findOpenByLiveKitRoom(room.livekitRoomId)
        assert.deepStrictEqual(yield* find, Option.some(newest))
        yield* Effect.forEach([older, newest], ({ id }) =>
          conversations.end(id, { at: Samples.at(60), reason: "left" }),
        )
        assert.deepStrictEqual(yield* find, Option.none())
        assert.deepStrictEqual(yield* conversations.findOpenByLiveKitRoom("no such room"), Option.none())
      }),
    )

    it.effect("those that go on in rooms of the media server are listed oldest first, by pages", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const room = yield* Stored.room
        // Earlier than any that other tests of this store leave open.
        const begun = Array.from({ length: 5 }, (_, index) => {
          const conversation = Samples.conversation(room, -1_000 + Math.floor(index / 2))
          return inMediaRoom(conversation, index === 0)
        })
        const [ended, ...open] = begun
        if (ended === undefined) return assert.fail("five were made")
        yield* Effect.forEach([...begun.toReversed(), Samples.conversation(room, -1_000)], conversations.insert)
        yield* conversations.end(ended.id, { at: Samples.at(-10), reason: "left" })
        const page = (cursor: Option.Option<string>) =>
          conversations.listOpen({ startedBefore: Samples.at(-998), limit: 2, cursor })
        const first = yield* page(Option.none())
        const second = yield* page(first.next)
        const found = [...first.items, ...second.items]
        const expected = open
          .filter(({ startedAt }) => startedAt.epochMillis < Samples.at(-998).epochMillis)
          .toSorted((a, b) => a.startedAt.epochMillis - b.startedAt.epochMillis || (a.id < b.id ? -1 : 1))
        assert.lengthOf(expected, 3)
        assert.deepStrictEqual(
          found,
          expected.map((conversation) => ({ conversation, room: room.livekitRoomId })),
        )
        assert.deepStrictEqual(second.next, Option.none())
        assert.deepStrictEqual(yield* page(Option.some("nonsense")), first)
      }),
    )

    it.effect("the first end counts", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id } = yield* Stored.conversation
        yield* conversations.end(id, { at: Samples.at(60), reason: "left" })
        yield* conversations.end(id, { at: Samples.at(90), reason: "error" })
        assert.deepStrictEqual((yield* conversations.get(id)).endedAt, Option.some(Samples.at(60)))
      }),
    )

    it.effect("what was left open is ended at its newest message, once", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const [spoken, silent, over] = yield* Effect.all([
          Stored.conversation,
          Stored.conversation,
          Stored.conversation,
        ])
        const said = Samples.message(spoken.id, "hello")
        yield* conversations.addMessage(said, 0)
        yield* conversations.end(over.id, { at: Samples.at(60), reason: "left" })
        assert.isAtLeast(yield* conversations.endLeftOpen, 2)
        assert.strictEqual(yield* conversations.endLeftOpen, 0)
        assert.deepStrictEqual((yield* conversations.get(spoken.id)).endedAt, Option.some(said.timestamp))
        assert.deepStrictEqual((yield* conversations.get(silent.id)).endedAt, Option.some(silent.startedAt))
        assert.deepStrictEqual((yield* conversations.get(over.id)).endedAt, Option.some(Samples.at(60)))
        const rooms = yield* RoomRepository
        assert.strictEqual((yield* rooms.get(spoken.roomId)).status, "closed")
      }),
    )

    it.effect("an unknown conversation is neither got, ended nor removed", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id } = Samples.conversation(Samples.room(Samples.user().id))
        const expected = { _tag: "ConversationNotFound", conversationId: id } as const
        const end = conversations.end(id, { at: Samples.at(0), reason: "left" })
        assert.include(yield* Effect.flip(conversations.get(id)), expected)
        assert.include(yield* Effect.flip(end), expected)
        assert.include(yield* Effect.flip(conversations.remove(id)), expected)
      }),
    )

    it.effect("a removed conversation is gone with its messages", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const { id, userId } = yield* Stored.conversation
        yield* conversations.addMessage(Samples.message(id, "hello"), 0)
        yield* conversations.remove(id)
        assert.strictEqual((yield* Effect.flip(conversations.get(id)))._tag, "ConversationNotFound")
        assert.deepStrictEqual(yield* conversations.messages(id, 10), [])
        assert.deepStrictEqual(yield* allPages({ userId, limit: 10 }), [])
      }),
    )

    it.effect("a list shows one person's conversations, newest first, with title and count", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        yield* Stored.conversation
        const room = yield* Stored.room
        const [older, newer] = [Samples.conversation(room, 10), Samples.conversation(room, 20)]
        yield* Effect.forEach([newer, older], conversations.insert)
        const long = "é".repeat(300)
        yield* conversations.addMessage(Samples.message(older.id, "Hello!", { role: "assistant" }), 0)
        yield* conversations.addMessage(Samples.message(older.id, "second", { timestamp: Samples.at(30) }), 0)
        yield* conversations.addMessage(Samples.message(older.id, long, { timestamp: Samples.at(20) }), 0)
        yield* conversations.end(older.id, { at: Samples.at(40), reason: "left" })

        const { items, next } = yield* conversations.list({
          userId: room.createdBy,
          limit: 2,
          cursor: Option.none(),
        })
        assert.deepStrictEqual(
          items.map((item) => ({ ...item })),
          [
            { id: newer.id, startedAt: newer.startedAt, endedAt: Option.none(), title: "", messageCount: 0 },
            {
              id: older.id,
              startedAt: older.startedAt,
              endedAt: Option.some(Samples.at(40)),
              title: "é".repeat(200),
              messageCount: 3,
            },
          ],
        )
        assert.deepStrictEqual(next, Option.none())
      }),
    )

    it.effect("pages hold everything once, also of one moment and while others are added and removed", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const room = yield* Stored.room
        const made = Array.from({ length: 25 }, (_, index) => Samples.conversation(room, index % 3))
        yield* Effect.forEach(made, conversations.insert, { concurrency: 5 })
        const request = { userId: room.createdBy, limit: 4 }
        const before = yield* allPages(request)
        assert.strictEqual(new Set(ids(before)).size, 25)

        const arrive = Effect.suspend(() => conversations.insert(Samples.conversation(room, 100)))
        assert.deepStrictEqual(ids(yield* allPages(request, arrive)), ids(before))

        // The cursor's own conversation goes away: the next page still begins behind it.
        const all = ids(yield* allPages(request))
        const first = yield* conversations.list({ ...request, limit: 9, cursor: Option.none() })
        yield* Effect.forEach(first.items.slice(-1), ({ id }) => conversations.remove(id))
        const second = yield* conversations.list({ ...request, limit: 100, cursor: first.next })
        assert.deepStrictEqual(ids(second.items), all.slice(9))
      }),
    )

    it.effect("a cursor of nobody's starts over, and one of another person's shows nothing of theirs", () =>
      Effect.gen(function* () {
        const conversations = yield* ConversationRepository
        const room = yield* Stored.room
        yield* conversations.insert(Samples.conversation(room, 5))
        yield* conversations.insert(Samples.conversation(room, 6))
        const page = (userId: UserId, cursor: string) =>
          conversations.list({ userId, limit: 1, cursor: Option.some(cursor) })
        const first = yield* conversations.list({ userId: room.createdBy, limit: 1, cursor: Option.none() })
        for (const broken of ["", "nonsense", "eyJhIjoxfQ", "\0", "%"]) {
          assert.deepStrictEqual(ids((yield* page(room.createdBy, broken)).items), ids(first.items))
        }
        const cursor = Option.getOrThrow(first.next)
        assert.isAtMost(cursor.length, 200)
        assert.deepStrictEqual((yield* page(UserId.make(crypto.randomUUID()), cursor)).items, [])
      }),
    )
  })
