import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Option } from "effect"
import { TurnRepository } from "../../src/domain/analytics/TurnRepository.ts"
import { Conversation, ConversationId, ConversationNotFound } from "../../src/domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../src/domain/conversation/ConversationRepository.ts"
import { Recording, RecordingId } from "../../src/domain/recording/Recording.ts"
import { RecordingRepository } from "../../src/domain/recording/RecordingRepository.ts"
import { RoomId } from "../../src/domain/room/Room.ts"
import { ObjectStoreError } from "../../src/domain/store/ObjectStore.ts"
import { ConversationService, layer } from "../../src/services/ConversationService.ts"
import { ada, bob } from "../agent/transport/People.ts"
import * as MemoryObjectStore from "../support/MemoryObjectStore.ts"

const id = ConversationId.make("00000000-0000-4000-8000-0000000000d1")

const hers = Conversation.make({
  id,
  roomId: RoomId.make("00000000-0000-4000-8000-0000000000e1"),
  userId: ada.id,
  startedAt: DateTime.unsafeMake("2026-11-01T12:00:00Z"),
  endedAt: Option.none(),
  metadata: {},
})

const recorded = new Recording({
  id: RecordingId.make("00000000-0000-4000-8000-0000000000f1"),
  conversationId: id,
  key: `${id}/1.flac`,
  contentType: "audio/flac",
  sizeBytes: 1_000,
  startedAt: hers.startedAt,
  durationMillis: 2_000,
})

/** A store of one conversation; what is asked of it beyond that is a defect. */
const service = (asked: Array<string>, beforeRemove: Effect.Effect<void, ObjectStoreError> = Effect.void) =>
  layer.pipe(
    Layer.provide([
      Layer.mock(ConversationRepository, {
        get: (conversationId) =>
          conversationId === id ? Effect.succeed(hers) : new ConversationNotFound({ conversationId }),
        list: ({ userId }) => {
          asked.push(`list ${userId}`)
          return Effect.succeed({ items: [], next: Option.none() })
        },
        messages: () => Effect.succeed([]),
        remove: (conversationId) => Effect.sync(() => void asked.push(`remove ${conversationId}`)),
      }),
      Layer.mock(TurnRepository, { list: () => Effect.succeed([]) }),
      Layer.mock(RecordingRepository, { list: () => Effect.succeed([recorded]) }),
      MemoryObjectStore.layer({
        beforeRemove: Effect.zipRight(
          Effect.sync(() => void asked.push("remove sound")),
          beforeRemove,
        ),
      }),
    ]),
  )

describe("ConversationService", () => {
  it.effect("shows and removes a person's own", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      yield* Effect.gen(function* () {
        const conversations = yield* ConversationService
        assert.deepStrictEqual(yield* conversations.get(ada, id), { conversation: hers, messages: [], turns: [] })
        yield* conversations.remove(ada, id)
        yield* conversations.list(ada, { limit: 20, cursor: Option.none() })
      }).pipe(Effect.provide(service(asked)))
      assert.deepStrictEqual(asked, ["remove sound", `remove ${id}`, `list ${ada.id}`])
    }),
  )

  it.effect("keeps a conversation whose sound cannot be removed, so that it can be tried again", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const away = new ObjectStoreError({ operation: "remove", detail: "away" })
      const error = yield* Effect.flatMap(ConversationService, (service) => service.remove(ada, id)).pipe(
        Effect.flip,
        Effect.provide(service(asked, away)),
      )
      assert.strictEqual(error._tag, "ObjectStoreError")
      assert.deepStrictEqual(asked, ["remove sound"])
    }),
  )

  it.effect("finds nothing of anybody else's, and leaves it alone", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      yield* Effect.gen(function* () {
        const conversations = yield* ConversationService
        assert.strictEqual((yield* Effect.flip(conversations.get(bob, id)))._tag, "ConversationNotFound")
        assert.strictEqual((yield* Effect.flip(conversations.remove(bob, id)))._tag, "ConversationNotFound")
      }).pipe(Effect.provide(service(asked)))
      assert.deepStrictEqual(asked, [])
    }),
  )
})
