import type { Headers } from "@effect/platform/Headers"
import { Context, Data, type Effect } from "effect"
import type { StorageError } from "../../domain/StorageError.ts"
import type { User } from "../../domain/user/User.ts"

/** The request is nobody's whom this installation knows. */
export class Unauthenticated extends Data.TaggedError("Unauthenticated")<{ readonly message: string }> {}

/** Tells whose request this is, for the API and for voice sockets alike. */
export class Authenticator extends Context.Tag("parley/http/middleware/Authenticator")<
  Authenticator,
  { readonly authenticate: (headers: Headers) => Effect.Effect<User, Unauthenticated | StorageError> }
>() {}
