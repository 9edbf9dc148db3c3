import { Effect } from "effect"
import { ConversationRepository } from "../../src/domain/conversation/ConversationRepository.ts"
import { RoomRepository } from "../../src/domain/room/RoomRepository.ts"
import { UserRepository } from "../../src/domain/user/UserRepository.ts"
import * as Samples from "./Samples.ts"

/** A user of its own with a room, both stored: tests of one database do not see each other's. */
export const room = Effect.gen(function* () {
  const user = yield* Effect.flatMap(UserRepository, (users) => users.upsertByEmail(Samples.user()))
  const room = Samples.room(user.id)
  yield* Effect.flatMap(RoomRepository, (rooms) => rooms.insert(room))
  return room
})

/** A conversation with its user and room, all stored. */
export const conversation = Effect.gen(function* () {
  const conversation = Samples.conversation(yield* room)
  yield* Effect.flatMap(ConversationRepository, (conversations) => conversations.insert(conversation))
  return conversation
})
