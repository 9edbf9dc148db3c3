import { Schema } from "effect"
import { Instant } from "../Instant.ts"

export const UserId = Schema.UUID.pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

/** A person who talks with the assistant. */
export class User extends Schema.Class<User>("User")({
  id: UserId,
  email: Schema.String.pipe(Schema.minLength(3), Schema.maxLength(320)),
  name: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(200)),
  createdAt: Instant,
  updatedAt: Instant,
}) {}

export class UserNotFound extends Schema.TaggedError<UserNotFound>()("UserNotFound", { userId: UserId }) {}
