import { DateTime, Effect, Layer, Option } from "effect"
import type { Conversation, ConversationId } from "../domain/conversation/Conversation.ts"
import { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import { inMediaRoom, isInMediaRoom } from "../domain/conversation/MediaRoom.ts"
import { newConversation } from "../domain/conversation/NewConversation.ts"
import { MediaServer } from "../domain/media/MediaServer.ts"
import { RoomRepository } from "../domain/room/RoomRepository.ts"
import { DispatchQueue } from "../domain/store/DispatchQueue.ts"
import type { User } from "../domain/user/User.ts"
import * as BegunBefore from "./BegunBefore.ts"
import * as ConversationEnd from "./ConversationEnd.ts"
import * as OwnConversation from "./OwnConversation.ts"
import { jobFor } from "./TalkJob.ts"
import { type BeginOptions, ConversationOver, KeyReused, TalkService, Way } from "./TalkService.ts"

interface Entered {
  readonly conversationId: ConversationId
  readonly room: string
}

/** Stores a conversation and lets it wait for an assistant. */
const makeOpen = Effect.gen(function* () {
  const conversations = yield* ConversationRepository
  const rooms = yield* RoomRepository
  const queue = yield* DispatchQueue
  const end = yield* ConversationEnd.make

  /** Nobody was told of it, and nobody is to find it waiting for ever. It may wait in a queue that did not answer. */
  const undo = (conversation: Conversation) =>
    DateTime.now.pipe(
      Effect.flatMap((at) => end(conversation, { at, reason: "error" })),
      Effect.ignoreLogged,
      Effect.zipRight(Effect.ignoreLogged(queue.withdraw(conversation.id)), { concurrent: true }),
    )

  return Effect.fnUntraced(function* (user: User, record: boolean) {
    const begun = yield* newConversation(user)
    const conversation = inMediaRoom(begun.conversation, record)
    const room = begun.room.livekitRoomId
    yield* rooms.insert(begun.room)
    yield* conversations.insert(conversation)
    yield* queue.enqueue(yield* jobFor(conversation, room, user.name)).pipe(Effect.tapError(() => undo(conversation)))
    return { conversationId: conversation.id, room }
  })
})

/** Lets a conversation that goes on wait again, unless it waits or is held. */
const makeReopen = Effect.gen(function* () {
  const rooms = yield* RoomRepository
  const queue = yield* DispatchQueue
  return Effect.fnUntraced(function* (user: User, conversation: Conversation) {
    // The room's row was stored first, and is never removed before the conversation's.
    const room = yield* Effect.catchTag(rooms.get(conversation.roomId), "RoomNotFound", Effect.die)
    // The media server lets a room go that was empty for a while; it makes it again when somebody joins.
    if (room.status === "closed") yield* rooms.open(room)
    yield* queue.enqueue(yield* jobFor(conversation, room.livekitRoomId, user.name))
    return { conversationId: conversation.id, room: room.livekitRoomId }
  })
})

const makeLeave = Effect.gen(function* () {
  const media = yield* MediaServer
  const rooms = yield* RoomRepository
  const queue = yield* DispatchQueue
  const own = yield* OwnConversation.make
  const end = yield* ConversationEnd.make

  /** A worker that is shown out of a room that is closed knows that the conversation is over, and winds it up. */
  const showOut = ({ roomId }: Conversation) =>
    rooms.get(roomId).pipe(
      Effect.flatMap(({ livekitRoomId }) => media.closeRoom(livekitRoomId)),
      Effect.as(true),
      Effect.catchTags({
        MediaServerError: ({ message }) => Effect.as(Effect.logWarning(message), false),
        RoomNotFound: () => Effect.succeed(false),
      }),
    )

  return Effect.fn("TalkService.leave")(function* (user: User, id: ConversationId) {
    const conversation = yield* own(user, id)
    if (Option.isSome(conversation.endedAt) || !isInMediaRoom(conversation)) return
    const place = yield* queue.place(id)
    // A lease that is taken away looks like a takeover to its worker: nobody would be told of an end. So that comes second.
    if (place._tag !== "Held" || !(yield* showOut(conversation))) yield* queue.withdraw(id)
    // Should the worker be dead, the next one finds that it is over.
    yield* end(conversation, { at: yield* DateTime.now, reason: "left" })
  }, Effect.uninterruptible)
})

const make = Effect.gen(function* () {
  const media = yield* MediaServer
  const queue = yield* DispatchQueue
  const own = yield* OwnConversation.make
  const open = yield* makeOpen
  const reopen = yield* makeReopen
  const begunBefore = yield* BegunBefore.make(open)

  const enter = (user: User, { conversationId, room }: Entered) =>
    Effect.map(media.personGrant({ room, identity: user.id, name: user.name }), (grant) =>
      Way.Room({ conversationId, grant }),
    )

  const join = Effect.fn("TalkService.join")(function* (user: User, id: ConversationId) {
    const conversation = yield* own(user, id)
    if (Option.isSome(conversation.endedAt)) return yield* new ConversationOver({ conversationId: id })
    if (!isInMediaRoom(conversation)) return Way.Socket({ resume: Option.some(id) })
    return yield* enter(user, yield* reopen(user, conversation))
  })

  const beginOnce = Effect.fnUntraced(function* (user: User, key: string, record: boolean) {
    const before = yield* begunBefore.get(user, key, record)
    if (before.record !== record) return yield* new KeyReused()
    if (before.isNew) return yield* enter(user, before.begun)
    const again = Effect.zipRight(
      begunBefore.forget(user, key),
      Effect.flatMap(begunBefore.get(user, key, record), ({ begun }) => enter(user, begun)),
    )
    // What has ended in the meantime is of no use to somebody who wants to begin.
    return yield* Effect.catchTags(join(user, before.begun.conversationId), {
      ConversationNotFound: () => again,
      ConversationOver: () => again,
    })
  })

  return TalkService.of({
    begin: Effect.fn("TalkService.begin")(function* (user: User, { key, over, record }: BeginOptions) {
      if (over === "websocket") return Way.Socket({ resume: Option.none() })
      if (Option.isSome(key)) return yield* beginOnce(user, key.value, record)
      return yield* enter(user, yield* Effect.uninterruptible(open(user, record)))
    }),
    join,
    place: Effect.fn("TalkService.place")((user, id) => Effect.zipRight(own(user, id), queue.place(id))),
    leave: yield* makeLeave,
  })
})

/** Everybody talks in rooms of the media server, where a worker joins them; whoever asks for it, over the voice socket. */
export const layer: Layer.Layer<
  TalkService,
  never,
  MediaServer | DispatchQueue | ConversationRepository | RoomRepository
> = Layer.effect(TalkService, make)
