import { SqlClient, SqlSchema } from "@effect/sql"
import { Effect, Layer, Option, Schema } from "effect"
import { InstantFromDate } from "../../domain/Instant.ts"
import { User, UserId, UserNotFound } from "../../domain/user/User.ts"
import { UserRepository } from "../../domain/user/UserRepository.ts"
import { storableText } from "./Storable.ts"
import { storage } from "./Storage.ts"

const UserRow = Schema.Struct({ ...User.fields, createdAt: InstantFromDate, updatedAt: InstantFromDate })

/** Addresses that differ only in upper and lower case are the same. */
export const layer = Layer.effect(
  UserRepository,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient

    const upsert = SqlSchema.single({
      Request: UserRow,
      Result: UserRow,
      execute: (row) => sql`
        INSERT INTO users ${sql.insert({ ...row, email: storableText(row.email), name: storableText(row.name) })}
        ON CONFLICT (lower(email)) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at
        RETURNING *`,
    })
    const findById = SqlSchema.findOne({
      Request: UserId,
      Result: UserRow,
      execute: (id) => sql`SELECT * FROM users WHERE id = ${id}`,
    })
    const findByEmail = SqlSchema.findOne({
      Request: Schema.String,
      Result: UserRow,
      execute: (email) => sql`SELECT * FROM users WHERE lower(email) = lower(${storableText(email)})`,
    })

    return UserRepository.of({
      upsertByEmail: Effect.fn("UserRepository.upsertByEmail")(function* (user) {
        // An upsert that answers no row is a bug, like any other broken promise of the statement.
        const row = yield* upsert(user).pipe(
          Effect.catchTag("NoSuchElementException", Effect.die),
          storage("UserRepository.upsertByEmail"),
        )
        return new User(row)
      }),
      get: Effect.fn("UserRepository.get")(function* (id) {
        const row = yield* findById(id).pipe(storage("UserRepository.get"))
        if (Option.isNone(row)) return yield* new UserNotFound({ userId: id })
        return new User(row.value)
      }),
      findByEmail: Effect.fn("UserRepository.findByEmail")(function* (email) {
        const row = yield* findByEmail(email).pipe(storage("UserRepository.findByEmail"))
        return Option.map(row, (found) => new User(found))
      }),
    })
  }),
)
