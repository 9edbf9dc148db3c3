import { Context, DateTime, Duration, Effect, Layer, Option, Redacted } from "effect"
import {
  type Conversation,
  type ConversationId,
  ConversationNotFound,
} from "../../src/domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../src/domain/conversation/ConversationRepository.ts"
import { isInMediaRoom } from "../../src/domain/conversation/MediaRoom.ts"
import type { Message } from "../../src/domain/conversation/Message.ts"
import {
  type MediaParticipant,
  type MediaRoom,
  MediaServer,
  MediaServerError,
} from "../../src/domain/media/MediaServer.ts"
import { type Room, RoomNotFound } from "../../src/domain/room/Room.ts"
import { RoomRepository } from "../../src/domain/room/RoomRepository.ts"
import { StorageError } from "../../src/domain/StorageError.ts"
import { type DispatchJob, type Place, WorkerId } from "../../src/domain/store/DispatchJob.ts"
import { DispatchQueue, QueueFull, QueueUnavailable } from "../../src/domain/store/DispatchQueue.ts"

const worker = WorkerId.make("worker-1")

interface Ended {
  readonly at: DateTime.Utc
  readonly reason: string
}

/** What of the world does not answer. */
export type Away = "store" | "queue" | "media"

/** The smallest store, queue and media server that keep their promises, each of which can be taken away. */
export const makeWorld = () => {
  const rooms = new Map<string, Room>()
  const conversations = new Map<ConversationId, Conversation>()
  const ends = new Map<ConversationId, Ended>()
  const messages = new Map<ConversationId, Message>()
  const jobs = new Map<ConversationId, DispatchJob>()
  const held = new Set<ConversationId>()
  const media = new Map<string, { readonly room: MediaRoom; readonly participants: Array<MediaParticipant> }>()
  const away = new Set<Away>()
  const broken = new Set<ConversationId>()
  const state = { waitingMax: 10, enqueued: 0 }

  const answering = <A, E, R, E2>(what: Away, error: E2, answer: Effect.Effect<A, E, R>): Effect.Effect<A, E | E2, R> =>
    // As over a network, others have their turn before the answer comes.
    Effect.zipRight(
      Effect.yieldNow(),
      Effect.suspend((): Effect.Effect<A, E | E2, R> => (away.has(what) ? Effect.fail(error) : answer)),
    )
  const store =
    (operation: string) =>
    <A, E, R>(answer: Effect.Effect<A, E, R>) =>
      answering("store", new StorageError({ operation, cause: "away" }), answer)
  const queue =
    (operation: string) =>
    <A, E, R>(answer: Effect.Effect<A, E, R>) =>
      answering("queue", new QueueUnavailable({ operation, detail: "away" }), answer)
  const server =
    (operation: string) =>
    <A, E, R>(answer: Effect.Effect<A, E, R>) =>
      answering("media", new MediaServerError({ operation, reason: "unreachable", detail: "away" }), answer)

  const find = (id: ConversationId) =>
    Effect.suspend(() => {
      const found = conversations.get(id)
      return found === undefined ? new ConversationNotFound({ conversationId: id }) : Effect.succeed(found)
    })
  const findRoom = (id: Room["id"]) =>
    Effect.suspend(() => {
      const found = rooms.get(id)
      return found === undefined ? new RoomNotFound({ roomId: id }) : Effect.succeed(found)
    })
  const withEnd = (conversation: Conversation): Conversation => ({
    ...conversation,
    endedAt: Option.map(Option.fromNullable(ends.get(conversation.id)), ({ at }) => at),
  })
  const place = (id: ConversationId): Place => {
    if (held.has(id)) return { _tag: "Held", worker, fence: 1 }
    const position = [...jobs.keys()].filter((job) => !held.has(job)).indexOf(id) + 1
    return position === 0 ? { _tag: "Unknown" } : { _tag: "Waiting", position, estimateMillis: null }
  }
  const enqueue = (job: DispatchJob): Effect.Effect<Place, QueueFull> =>
    Effect.suspend(() => {
      const id = job.conversationId
      if (jobs.has(id)) return Effect.succeed(place(id))
      if (jobs.size - held.size >= state.waitingMax) return new QueueFull({ waitingMax: state.waitingMax })
      jobs.set(id, job)
      state.enqueued++
      return Effect.succeed(place(id))
    })

  const layer = Layer.mergeAll(
    Layer.mock(RoomRepository, {
      insert: (room) => store("insert")(Effect.sync(() => void rooms.set(room.id, room))),
      open: (room) =>
        store("open")(
          Effect.sync(() => {
            const opened = { ...room, status: "open" as const }
            rooms.set(room.id, opened)
            return opened
          }),
        ),
      get: (id) => store("get")(findRoom(id)),
      close: (id) =>
        store("close")(Effect.map(findRoom(id), (room) => void rooms.set(id, { ...room, status: "closed" }))),
    }),
    Layer.mock(ConversationRepository, {
      insert: (conversation) =>
        store("insert")(Effect.sync(() => void conversations.set(conversation.id, conversation))),
      get: (id) => store("get")(Effect.map(find(id), withEnd)),
      end: (id, end) =>
        store("end")(
          Effect.map(find(id), () => {
            if (!ends.has(id)) ends.set(id, end)
          }),
        ),
      listOpen: ({ cursor, limit, startedBefore }) =>
        store("listOpen")(
          Effect.sync(() => {
            const from = Number(Option.getOrElse(cursor, () => "0"))
            const all = [...conversations.values()].filter(
              (one) => isInMediaRoom(one) && !ends.has(one.id) && DateTime.lessThan(one.startedAt, startedBefore),
            )
            const items = all.slice(from, from + limit).map((conversation) => ({
              conversation,
              room: rooms.get(conversation.roomId)?.livekitRoomId ?? "no such room",
            }))
            return { items, next: Option.liftPredicate(`${from + limit}`, () => all.length > from + limit) }
          }),
        ),
      messages: (id) =>
        store("messages")(Effect.sync(() => [...messages.values()].filter((message) => message.conversationId === id))),
    }),
    Layer.mock(DispatchQueue, {
      leaseMillis: 30_000,
      enqueue: (job) => queue("enqueue")(enqueue(job)),
      withdraw: (id) =>
        queue("withdraw")(
          Effect.sync(() => {
            jobs.delete(id)
            held.delete(id)
          }),
        ),
      place: (id) =>
        queue("place")(
          Effect.suspend(() => (broken.has(id) ? Effect.dieMessage("broken") : Effect.succeed(place(id)))),
        ),
    }),
    Layer.mock(MediaServer, {
      personGrant: ({ identity, name, room }) =>
        Effect.map(DateTime.now, (now) => ({
          url: new URL("ws://media.example:7880"),
          token: Redacted.make(`token of ${name}`),
          room,
          identity,
          expiresAt: DateTime.addDuration(now, Duration.minutes(10)),
        })),
      rooms: server("rooms")(Effect.sync(() => [...media.values()].map(({ room }) => room))),
      participants: (room) => server("participants")(Effect.sync(() => media.get(room)?.participants ?? [])),
      closeRoom: (room) => server("closeRoom")(Effect.sync(() => void media.delete(room))),
    }),
  )

  /** Lets one into a room of the media server, which makes it when it is not there. */
  const enter = (name: string, identity: string, kind: MediaParticipant["kind"] = "person") =>
    Effect.map(DateTime.now, (now) => {
      const there = media.get(name) ?? { room: { name, createdAt: now, participants: 0 }, participants: [] }
      media.set(name, {
        ...there,
        participants: [...there.participants, { identity, name: identity, kind, joinedAt: now }],
      })
    })
  const exit = (name: string) =>
    Effect.sync(() => {
      const there = media.get(name)
      if (there !== undefined) media.set(name, { ...there, participants: [] })
    })

  return { layer, rooms, conversations, ends, messages, jobs, held, media, away, broken, state, enter, exit }
}

export type World = ReturnType<typeof makeWorld>

/** Reads a layer's one service over the world. */
export const serviceOf = <I, S>(
  tag: Context.Tag<I, S>,
  layer: Layer.Layer<I, never, Layer.Layer.Success<World["layer"]>>,
  world: World,
) => Effect.map(Layer.build(Layer.provide(layer, world.layer)), Context.get(tag))
