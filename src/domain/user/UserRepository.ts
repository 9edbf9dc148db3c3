import { Context, type Effect, type Option } from "effect"
import type { StorageError } from "../StorageError.ts"
import type { User, UserId, UserNotFound } from "./User.ts"

export class UserRepository extends Context.Tag("parley/domain/user/UserRepository")<
  UserRepository,
  {
    /** Stores the user, or changes name and `updatedAt` of the one with this email; answers what is stored. */
    readonly upsertByEmail: (user: User) => Effect.Effect<User, StorageError>
    readonly get: (id: UserId) => Effect.Effect<User, UserNotFound | StorageError>
    readonly findByEmail: (email: string) => Effect.Effect<Option.Option<User>, StorageError>
  }
>() {}
