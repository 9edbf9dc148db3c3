import { createHash } from "node:crypto"
import { type Array, Data, DateTime, Effect, Option } from "effect"
import { Conversation, ConversationId } from "../../../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../../domain/conversation/ConversationRepository.ts"
import { newConversation } from "../../../domain/conversation/NewConversation.ts"
import type { MediaParticipant } from "../../../domain/media/MediaServer.ts"
import { RoomRepository } from "../../../domain/room/RoomRepository.ts"
import { DispatchJob } from "../../../domain/store/DispatchJob.ts"
import { User, UserId } from "../../../domain/user/User.ts"
import { UserRepository } from "../../../domain/user/UserRepository.ts"
import { uuidV7 } from "../../../domain/Uuid.ts"
import * as DispatchMetadata from "./DispatchMetadata.ts"

/** The conversation that was dispatched has been held, and is over. Whoever is still in the room has heard the goodbye. */
export class DispatchOver extends Data.TaggedError("DispatchOver")<{ readonly conversationId: ConversationId }> {
  override get message(): string {
    return `conversation ${this.conversationId} is over`
  }
}

/** Someone asked LiveKit for an assistant in a room. */
export interface Dispatched {
  readonly dispatchId: string
  readonly room: string
  readonly metadata: string
}

const nameLengthMax = 200
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex")

/**
 * One conversation a dispatch, whoever makes it: a version 8 UUID (RFC 9562) out of the dispatch's id, which LiveKit makes up at
 * random.
 */
export const conversationIdOf = ({ dispatchId, room }: Dispatched): ConversationId => {
  const hash = hashOf(JSON.stringify([room, dispatchId]))
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`]
  return ConversationId.make([...parts, hash.slice(20, 32)].join("-"))
}

const guest = Effect.fnUntraced(function* ({ identity, name }: MediaParticipant) {
  const now = yield* DateTime.now
  const users = yield* UserRepository
  return yield* users.upsertByEmail(
    new User({
      id: UserId.make(yield* uuidV7),
      // The same person again, as far as whoever names people in the room keeps to it. Nobody can write to or log in as it.
      email: `${hashOf(identity).slice(0, 40)}@guest.invalid`,
      name: (name.trim() || identity.trim() || "Guest").slice(0, nameLengthMax),
      createdAt: now,
      updatedAt: now,
    }),
  )
})

const userOf = Effect.fnUntraced(function* (person: MediaParticipant, userId: UserId | undefined) {
  if (userId === undefined) return yield* guest(person)
  const users = yield* UserRepository
  return yield* Effect.catchTag(users.get(userId), "UserNotFound", () => guest(person))
})

const stored = Effect.fnUntraced(function* (id: ConversationId) {
  const conversations = yield* ConversationRepository
  return yield* conversations.get(id).pipe(
    Effect.asSome,
    Effect.catchTag("ConversationNotFound", () => Effect.succeedNone),
  )
})

const make = Effect.fnUntraced(function* (id: ConversationId, dispatched: Dispatched, person: MediaParticipant) {
  const user = yield* userOf(person, DispatchMetadata.read(dispatched.metadata).userId)
  const opened = yield* newConversation(user, Option.some(dispatched.room))
  const room = yield* Effect.flatMap(RoomRepository, (rooms) => rooms.open(opened.room))
  const conversations = yield* ConversationRepository
  yield* conversations.insert(new Conversation({ ...opened.conversation, id, roomId: room.id }))
  // Another process may have been first, for another person.
  return yield* Effect.catchTag(conversations.get(id), "ConversationNotFound", Effect.die)
})

const find = Effect.fnUntraced(function* (dispatched: Dispatched) {
  const open = yield* Effect.flatMap(ConversationRepository, (conversations) =>
    conversations.findOpenByLiveKitRoom(dispatched.room),
  )
  if (Option.isSome(open)) return open
  const own = yield* stored(conversationIdOf(dispatched))
  if (Option.isSome(own)) return yield* new DispatchOver({ conversationId: own.value.id })
  return Option.none()
})

/**
 * The conversation that is under way in the room, or a new one of who came first, stored: as what a worker must know to hold it. Any
 * number of processes may ask for the same dispatch, and get the same conversation.
 */
export const jobOf = Effect.fn("RoomConversation.jobOf")(function* (
  dispatched: Dispatched,
  people: Array.NonEmptyReadonlyArray<MediaParticipant>,
) {
  const found = yield* find(dispatched)
  const conversation = Option.isSome(found)
    ? found.value
    : yield* make(conversationIdOf(dispatched), dispatched, people[0])
  // Who came in by our own API goes by the user's id.
  const person = people.find(({ identity }) => identity === conversation.userId) ?? people[0]
  const { priority, record } = DispatchMetadata.read(dispatched.metadata)
  return new DispatchJob({
    conversationId: conversation.id,
    room: dispatched.room,
    userId: conversation.userId,
    personIdentity: person.identity,
    personName: person.name.slice(0, nameLengthMax),
    priority,
    enqueuedAt: yield* DateTime.now,
    record,
  })
})
