import { SqlSchema } from "@effect/sql"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Option, Schema } from "effect"
import { InstantFromDate } from "../../domain/Instant.ts"
import { Room, RoomId, RoomNotFound } from "../../domain/room/Room.ts"
import { RoomRepository } from "../../domain/room/RoomRepository.ts"
import { storableJson, storableText } from "./Storable.ts"
import { storage } from "./Storage.ts"

const RoomRow = Schema.Struct({ ...Room.fields, createdAt: InstantFromDate })

export const layer = Layer.effect(
  RoomRepository,
  Effect.gen(function* () {
    const sql = yield* PgClient.PgClient

    const values = (row: typeof RoomRow.Encoded) =>
      sql.insert({
        ...row,
        livekitRoomId: storableText(row.livekitRoomId),
        name: storableText(row.name),
        metadata: sql.json(storableJson(row.metadata)),
      })
    const insert = SqlSchema.void({
      Request: RoomRow,
      execute: (row) => sql`INSERT INTO rooms ${values(row)} ON CONFLICT (id) DO NOTHING`,
    })
    const open = SqlSchema.single({
      Request: RoomRow,
      Result: RoomRow,
      execute: (row) => sql`
        INSERT INTO rooms ${values(row)}
        ON CONFLICT (livekit_room_id) DO UPDATE SET status = 'open'
        RETURNING *`,
    })
    const findById = SqlSchema.findOne({
      Request: RoomId,
      Result: RoomRow,
      execute: (id) => sql`SELECT * FROM rooms WHERE id = ${id}`,
    })
    const close = SqlSchema.findOne({
      Request: RoomId,
      Result: Schema.Struct({ id: RoomId }),
      execute: (id) => sql`UPDATE rooms SET status = 'closed' WHERE id = ${id} RETURNING id`,
    })

    return RoomRepository.of({
      insert: Effect.fn("RoomRepository.insert")(function* (room) {
        yield* insert(room).pipe(storage("RoomRepository.insert"))
      }),
      open: Effect.fn("RoomRepository.open")(function* (room) {
        // An upsert that answers no row is a bug, like any other broken promise of the statement.
        const row = yield* open(room).pipe(
          Effect.catchTag("NoSuchElementException", Effect.die),
          storage("RoomRepository.open"),
        )
        return new Room(row)
      }),
      get: Effect.fn("RoomRepository.get")(function* (id) {
        const row = yield* findById(id).pipe(storage("RoomRepository.get"))
        if (Option.isNone(row)) return yield* new RoomNotFound({ roomId: id })
        return new Room(row.value)
      }),
      close: Effect.fn("RoomRepository.close")(function* (id) {
        const closed = yield* close(id).pipe(storage("RoomRepository.close"))
        if (Option.isNone(closed)) return yield* new RoomNotFound({ roomId: id })
      }),
    })
  }),
)
