import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Option, Redacted, TestClock } from "effect"
import { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import * as TalkOverLiveKit from "../../src/services/TalkOverLiveKit.ts"
import { type BeginOptions, TalkService, type Way } from "../../src/services/TalkService.ts"
import { ada, bob } from "../agent/transport/People.ts"
import { makeWorld, serviceOf, type World } from "../support/TalkWorld.ts"

const plain: BeginOptions = { record: false, over: "any", key: Option.none() }
const keyed = (key: string, record = false): BeginOptions => ({ ...plain, record, key: Option.some(key) })

const start = (world: World) =>
  // The clock of a test begins in 1970, where no conversation does.
  Effect.zipRight(TestClock.setTime(Date.UTC(2026, 10, 1)), serviceOf(TalkService, TalkOverLiveKit.layer, world))

const roomOf = (way: Way) => (way._tag === "Room" ? way : assert.fail("expected a room"))

const only = <A>(items: Iterable<A>): A => {
  const [first, ...more] = items
  if (first === undefined || more.length > 0) return assert.fail("expected exactly one")
  return first
}

describe("TalkOverLiveKit, begin", () => {
  it.scoped("stores the conversation, lets it wait, and lets the person in", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const talk = yield* start(world)
      const { conversationId, grant } = roomOf(yield* talk.begin(ada, { ...plain, record: true }))
      const conversation = only(world.conversations.values())
      const room = only(world.rooms.values())
      const job = only(world.jobs.values())
      assert.deepStrictEqual(
        [conversation.id, conversation.userId, conversation.roomId],
        [conversationId, ada.id, room.id],
      )
      assert.deepStrictEqual(conversation.metadata, { media: "livekit", record: true })
      assert.strictEqual(room.livekitRoomId, `parley-${conversationId}`)
      assert.include(
        { ...job },
        {
          conversationId,
          room: room.livekitRoomId,
          userId: ada.id,
          personIdentity: ada.id,
          personName: "Ada",
          priority: "normal",
          record: true,
        },
      )
      assert.deepStrictEqual([grant.room, grant.identity], [room.livekitRoomId, ada.id])
      assert.strictEqual(Redacted.value(grant.token), "token of Ada")
    }),
  )

  it.scoped("over a WebSocket stores and enqueues nothing: its gateway does", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const talk = yield* start(world)
      const way = yield* talk.begin(ada, { ...plain, over: "websocket" })
      assert.deepStrictEqual(way, { _tag: "Socket", resume: Option.none() })
      assert.deepStrictEqual([world.conversations.size, world.jobs.size], [0, 0])
    }),
  )

  it.scoped("is refused when as many wait as may, and leaves nothing open", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.state.waitingMax = 0
      const talk = yield* start(world)
      assert.strictEqual((yield* Effect.flip(talk.begin(ada, plain)))._tag, "QueueFull")
      assert.strictEqual(only(world.ends.values()).reason, "error")
      assert.strictEqual(only(world.rooms.values()).status, "closed")
    }),
  )

  it.scoped("fails when the queue does not answer, and leaves nothing open", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.away.add("queue")
      const talk = yield* start(world)
      assert.strictEqual((yield* Effect.flip(talk.begin(ada, plain)))._tag, "QueueUnavailable")
      assert.strictEqual(only(world.ends.keys()), only(world.conversations.keys()))
    }),
  )

  it.scoped("fails when the store does not answer, before anything waits", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.away.add("store")
      const talk = yield* start(world)
      assert.strictEqual((yield* Effect.flip(talk.begin(ada, plain)))._tag, "StorageError")
      assert.strictEqual(world.state.enqueued, 0)
    }),
  )
})

describe("TalkOverLiveKit, begin under a key", () => {
  it.scoped("answers one conversation, to many at once and for ten minutes, each with a new token", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const talk = yield* start(world)
      const ways = yield* Effect.all(
        Array.from({ length: 8 }, () => talk.begin(ada, keyed("k"))),
        { concurrency: "unbounded" },
      )
      assert.strictEqual(new Set(ways.map((way) => roomOf(way).conversationId)).size, 1)
      yield* TestClock.adjust(Duration.minutes(9))
      const later = roomOf(yield* talk.begin(ada, keyed("k")))
      assert.strictEqual(later.conversationId, only(world.conversations.keys()))
      assert.isAbove(later.grant.expiresAt.epochMillis, roomOf(ways[0] ?? assert.fail()).grant.expiresAt.epochMillis)
      yield* TestClock.adjust(Duration.minutes(2))
      yield* talk.begin(ada, keyed("k"))
      assert.strictEqual(world.conversations.size, 2)
    }),
  )

  it.scoped("is each person's own, and each key's", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const talk = yield* start(world)
      yield* talk.begin(ada, keyed("k"))
      yield* talk.begin(bob, keyed("k"))
      yield* talk.begin(ada, keyed("l"))
      assert.strictEqual(world.conversations.size, 3)
    }),
  )

  it.scoped("refuses the key for another request, so that nobody is recorded by mistake", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const talk = yield* start(world)
      yield* talk.begin(ada, keyed("k", true))
      assert.strictEqual((yield* Effect.flip(talk.begin(ada, keyed("k", false))))._tag, "KeyReused")
      assert.strictEqual(world.conversations.size, 1)
    }),
  )

  it.scoped("does not remember what failed", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      world.away.add("queue")
      const talk = yield* start(world)
      yield* Effect.flip(talk.begin(ada, keyed("k")))
      world.away.delete("queue")
      const { conversationId } = roomOf(yield* talk.begin(ada, keyed("k")))
      assert.isFalse(world.ends.has(conversationId))
    }),
  )

  it.scoped("begins anew when the conversation has ended since", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const talk = yield* start(world)
      const first = roomOf(yield* talk.begin(ada, keyed("k")))
      yield* talk.leave(ada, first.conversationId)
      const second = roomOf(yield* talk.begin(ada, keyed("k")))
      assert.notStrictEqual(second.conversationId, first.conversationId)
      const third = roomOf(yield* talk.begin(ada, keyed("k")))
      assert.strictEqual(third.conversationId, second.conversationId)
    }),
  )

  it.scoped("whoever gives up leaves a whole conversation, and those who wait get it", () =>
    Effect.gen(function* () {
      const world = makeWorld()
      const talk = yield* start(world)
      const [first, second] = yield* Effect.all([
        Effect.fork(talk.begin(ada, keyed("k"))),
        Effect.fork(talk.begin(ada, keyed("k"))),
      ])
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      const { conversationId } = roomOf(yield* Fiber.join(second))
      assert.strictEqual(only(world.conversations.keys()), conversationId)
      assert.isTrue(world.jobs.has(conversationId))
    }),
  )
})

describe("TalkOverLiveKit, afterwards", () => {
  const begun = Effect.gen(function* () {
    const world = makeWorld()
    const talk = yield* start(world)
    const { conversationId: id } = roomOf(yield* talk.begin(ada, { ...plain, record: true }))
    return { world, talk, id }
  })

  it.scoped("lets the person in again, and changes nothing of what waits or is held", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      const waiting = roomOf(yield* talk.join(ada, id))
      assert.deepStrictEqual([waiting.conversationId, waiting.grant.room], [id, `parley-${id}`])
      world.held.add(id)
      yield* talk.join(ada, id)
      assert.strictEqual(world.state.enqueued, 1)
      assert.strictEqual((yield* talk.place(ada, id))._tag, "Held")
    }),
  )

  it.scoped("lets a conversation wait again whose job was lost, with what was agreed, in a room that is open", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      world.jobs.clear()
      for (const [roomId, room] of world.rooms) world.rooms.set(roomId, { ...room, status: "closed" })
      yield* talk.join(ada, id)
      assert.isTrue(only(world.jobs.values()).record)
      assert.strictEqual(only(world.rooms.values()).status, "open")
    }),
  )

  it.scoped("says when it is over, and when there is no place to wait", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      world.jobs.clear()
      world.state.waitingMax = 0
      assert.strictEqual((yield* Effect.flip(talk.join(ada, id)))._tag, "QueueFull")
      assert.isFalse(world.ends.has(id))
      yield* talk.leave(ada, id)
      const over = yield* Effect.flip(talk.join(ada, id))
      assert.include(over, { _tag: "ConversationOver", message: `conversation ${id} is over; begin a new one` })
    }),
  )

  it.scoped("sends a conversation over a WebSocket back to its socket, and leaves its end to it", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      for (const [key, value] of world.conversations) world.conversations.set(key, { ...value, metadata: {} })
      assert.deepStrictEqual(yield* talk.join(ada, id), { _tag: "Socket", resume: Option.some(id) })
      yield* talk.leave(ada, id)
      assert.isFalse(world.ends.has(id))
    }),
  )

  it.scoped("tells where it stands", () =>
    Effect.gen(function* () {
      const { id, talk } = yield* begun
      const { conversationId } = roomOf(yield* talk.begin(bob, plain))
      assert.deepStrictEqual(yield* talk.place(bob, conversationId), {
        _tag: "Waiting",
        position: 2,
        estimateMillis: null,
      })
      yield* talk.leave(ada, id)
      assert.deepStrictEqual(yield* talk.place(ada, id), { _tag: "Unknown" })
    }),
  )

  it.scoped("ends what waits when the person leaves, once", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      yield* talk.leave(ada, id)
      yield* talk.leave(ada, id)
      assert.strictEqual(world.ends.get(id)?.reason, "left")
      assert.strictEqual(only(world.rooms.values()).status, "closed")
      assert.strictEqual(world.jobs.size, 0)
    }),
  )

  it.scoped("shows the worker out of the room, who winds up under its lease", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      world.held.add(id)
      yield* world.enter(`parley-${id}`, "parley-assistant", "agent")
      yield* talk.leave(ada, id)
      assert.strictEqual(world.media.size, 0)
      assert.strictEqual(world.ends.get(id)?.reason, "left")
      assert.isTrue(world.jobs.has(id))
    }),
  )

  it.scoped("takes the lease away when the media server cannot be asked to", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      world.held.add(id)
      world.away.add("media")
      yield* talk.leave(ada, id)
      assert.strictEqual(world.ends.get(id)?.reason, "left")
      assert.strictEqual(world.jobs.size, 0)
    }),
  )

  it.scoped("finds nothing of anybody else's, and leaves it alone", () =>
    Effect.gen(function* () {
      const { id, talk, world } = yield* begun
      const unknown = ConversationId.make("00000000-0000-4000-8000-0000000000d9")
      const asked = [talk.join, talk.place, talk.leave]
      for (const [user, asking] of [
        [bob, id],
        [ada, unknown],
      ] as const) {
        for (const ask of asked) {
          const exit = yield* Effect.exit(ask(user, asking))
          assert.isTrue(
            Exit.isFailure(exit) && exit.cause._tag === "Fail" && exit.cause.error._tag === "ConversationNotFound",
          )
        }
      }
      assert.deepStrictEqual([world.jobs.size, world.ends.size], [1, 0])
    }),
  )
})
