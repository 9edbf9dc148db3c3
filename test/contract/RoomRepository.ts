import { assert, layer as suite } from "@effect/vitest"
import { Arbitrary, Effect, type Layer } from "effect"
import { Room, RoomId } from "../../src/domain/room/Room.ts"
import { RoomRepository } from "../../src/domain/room/RoomRepository.ts"
import type { UserRepository } from "../../src/domain/user/UserRepository.ts"
import { jsonObject, kept, keptJson } from "../support/Json.ts"
import * as Samples from "../support/Samples.ts"
import * as Stored from "../support/Stored.ts"

/** What every store of rooms promises. */
export const roomRepositoryContract = <E>(name: string, layer: Layer.Layer<UserRepository | RoomRepository, E>) =>
  suite(layer, { excludeTestServices: true })(`RoomRepository: ${name}`, (it) => {
    it.effect.prop(
      "what goes in comes out",
      { sample: Arbitrary.make(Room), metadata: jsonObject },
      ({ metadata, sample }) =>
        Effect.gen(function* () {
          const rooms = yield* RoomRepository
          const { createdBy } = yield* Stored.room
          const id = RoomId.make(crypto.randomUUID())
          const livekitRoomId = `${id}${sample.livekitRoomId}`.slice(0, 256)
          const room = new Room({ ...sample, id, livekitRoomId, createdBy, metadata })
          yield* rooms.insert(room)
          const found = yield* rooms.get(id)
          assert.deepStrictEqual(
            { ...found, metadata: {} },
            {
              ...room,
              livekitRoomId: kept(room.livekitRoomId),
              name: kept(room.name),
              metadata: {},
            },
          )
          assert.deepStrictEqual(found.metadata, keptJson(metadata))
        }),
      { fastCheck: { numRuns: 50 } },
    )

    it.effect("storing a room twice changes nothing", () =>
      Effect.gen(function* () {
        const rooms = yield* RoomRepository
        const room = yield* Stored.room
        yield* rooms.insert(new Room({ ...room, name: "Another" }))
        assert.deepStrictEqual(yield* rooms.get(room.id), room)
      }),
    )

    it.effect("a room that is opened is stored, or the one of its name on the media server is open again", () =>
      Effect.gen(function* () {
        const rooms = yield* RoomRepository
        const { createdBy } = yield* Stored.room
        const first = Samples.room(createdBy)
        assert.deepStrictEqual(yield* rooms.open(first), first)
        assert.deepStrictEqual(yield* rooms.open(first), first)
        assert.deepStrictEqual(yield* rooms.get(first.id), first)
        yield* rooms.close(first.id)
        const again = new Room({ ...Samples.room(createdBy), livekitRoomId: first.livekitRoomId, name: "Another" })
        assert.deepStrictEqual(yield* rooms.open(again), first)
        assert.deepStrictEqual(yield* rooms.get(first.id), first)
        assert.include(yield* Effect.flip(rooms.get(again.id)), { _tag: "RoomNotFound" })
      }),
    )

    it.effect("a room closes, once or twice", () =>
      Effect.gen(function* () {
        const rooms = yield* RoomRepository
        const room = yield* Stored.room
        yield* rooms.close(room.id)
        yield* rooms.close(room.id)
        assert.strictEqual((yield* rooms.get(room.id)).status, "closed")
      }),
    )

    it.effect("an unknown room is neither got nor closed", () =>
      Effect.gen(function* () {
        const rooms = yield* RoomRepository
        const { id } = Samples.room(Samples.user().id)
        assert.include(yield* Effect.flip(rooms.get(id)), { _tag: "RoomNotFound", roomId: id })
        assert.include(yield* Effect.flip(rooms.close(id)), { _tag: "RoomNotFound", roomId: id })
      }),
    )
  })
