import { DateTime, Effect, Layer } from "effect"
import type { StorageError } from "../../domain/StorageError.ts"
import { User, UserId } from "../../domain/user/User.ts"
import { UserRepository } from "../../domain/user/UserRepository.ts"
import { uuidV7 } from "../../domain/Uuid.ts"
import { Authenticator } from "./Authenticator.ts"

export interface LocalUserOptions {
  readonly email: string
  readonly name: string
}

const make = Effect.fn("LocalUser.make")(function* ({ email, name }: LocalUserOptions) {
  const users = yield* UserRepository
  const now = yield* DateTime.now
  const id = UserId.make(yield* uuidV7)
  const user = yield* users.upsertByEmail(User.make({ id, email, name, createdAt: now, updatedAt: now }))
  return { authenticate: () => Effect.succeed(user) }
})

/** Everybody is the one local user, without a password: for a server that listens on loopback only. */
export const layer = (options: LocalUserOptions): Layer.Layer<Authenticator, StorageError, UserRepository> =>
  Layer.effect(Authenticator, make(options))
