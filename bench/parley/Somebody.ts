import { DateTime, Effect } from "effect"
import { User, UserId } from "../../src/domain/user/User.ts"
import { uuidV7 } from "../../src/domain/Uuid.ts"

/** A person to talk with. */
export const somebody = Effect.gen(function* () {
  const now = yield* DateTime.now
  const id = UserId.make(yield* uuidV7)
  return User.make({ id, email: "ada@localhost", name: "Ada", createdAt: now, updatedAt: now })
})
