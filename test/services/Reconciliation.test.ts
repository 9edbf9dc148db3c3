import { assert, describe, it } from "@effect/vitest"
import { Effect, HashMap, Layer, Logger, TestClock } from "effect"
import { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { inMediaRoom } from "../../src/domain/conversation/MediaRoom.ts"
import { newConversation } from "../../src/domain/conversation/NewConversation.ts"
import * as Reconciliation from "../../src/services/Reconciliation.ts"
import { jobFor } from "../../src/services/TalkJob.ts"
import { ada } from "../agent/transport/People.ts"
import * as Samples from "../support/Samples.ts"
import { makeWorld } from "../support/TalkWorld.ts"

const minutes = (count: number) => TestClock.adjust(`${count} minutes`)

/** A world in which a conversation is open that nobody has, and a minute's rounds that have not begun. */
const lost = Effect.gen(function* () {
  yield* TestClock.setTime(Date.UTC(2026, 10, 1))
  const world = makeWorld()
  const begun = yield* newConversation(ada)
  const conversation = inMediaRoom(begun.conversation, true)
  const { id } = conversation
  const room = begun.room.livekitRoomId
  world.rooms.set(begun.room.id, begun.room)
  world.conversations.set(id, conversation)
  const lines: Array<string> = []
  const logger = Logger.make(({ annotations, logLevel, message }) => {
    const about = HashMap.has(annotations, "conversationId") ? " of a conversation" : ""
    lines.push(`${logLevel.label}${about}: ${String(message)}`)
  })
  const start = Layer.build(
    Reconciliation.layer.pipe(Layer.provide(world.layer), Layer.provide(Logger.replace(Logger.defaultLogger, logger))),
  )
  const end = () => world.ends.get(id)?.reason
  return { world, conversation, id, room, start, end, lines }
})

describe("Reconciliation, conversations that nobody has", () => {
  it.scoped("are ended with the reason error after the grace, at the newest message, with their room", () =>
    Effect.gen(function* () {
      const { conversation, end, id, start, world } = yield* lost
      const said = Samples.message(id, "hello", { timestamp: Samples.at(20) })
      world.messages.set(id, said)
      yield* start
      // Too young for a minute; then seen for the first time; two more before it is due.
      yield* minutes(3)
      assert.isUndefined(end())
      yield* minutes(1)
      assert.deepStrictEqual(world.ends.get(id), { at: said.timestamp, reason: "error" })
      assert.strictEqual(world.rooms.get(conversation.roomId)?.status, "closed")
    }),
  )

  it.scoped("end where they began when nothing was said", () =>
    Effect.gen(function* () {
      const { conversation, id, start, world } = yield* lost
      yield* start
      yield* minutes(4)
      assert.deepStrictEqual(world.ends.get(id), { at: conversation.startedAt, reason: "error" })
    }),
  )

  it.scoped("are left alone while they wait or are held, however long", () =>
    Effect.gen(function* () {
      const { conversation, end, id, room, start, world } = yield* lost
      world.jobs.set(id, yield* jobFor(conversation, room, "Ada"))
      yield* start
      yield* minutes(10)
      world.held.add(id)
      yield* minutes(10)
      assert.isUndefined(end())
      assert.strictEqual(world.state.enqueued, 0)
    }),
  )

  it.scoped("are left alone when their sound goes over a WebSocket", () =>
    Effect.gen(function* () {
      const { conversation, end, id, start, world } = yield* lost
      world.conversations.set(id, { ...conversation, metadata: {} })
      yield* start
      yield* minutes(10)
      assert.isUndefined(end())
    }),
  )

  it.scoped("are counted from the beginning when somebody had them in between", () =>
    Effect.gen(function* () {
      const { conversation, end, id, room, start, world } = yield* lost
      yield* start
      yield* minutes(3)
      world.jobs.set(id, yield* jobFor(conversation, room, "Ada"))
      yield* minutes(1)
      world.jobs.clear()
      yield* minutes(2)
      assert.isUndefined(end())
      yield* minutes(1)
      assert.strictEqual(end(), "error")
    }),
  )

  it.scoped("do not keep others from being looked after when one breaks", () =>
    Effect.gen(function* () {
      const { end, lines, start, world } = yield* lost
      const other = yield* newConversation(ada)
      world.conversations.set(other.conversation.id, inMediaRoom(other.conversation, false))
      world.rooms.set(other.room.id, other.room)
      world.broken.add(other.conversation.id)
      yield* start
      yield* minutes(4)
      assert.strictEqual(end(), "error")
      assert.isTrue(
        lines.every((line) => !line.startsWith("ERROR") || line.includes("of a conversation: looking after it")),
      )
      assert.isTrue(lines.some((line) => line.startsWith("ERROR")))
    }),
  )
})

describe("Reconciliation, a person without an assistant", () => {
  it.scoped("waits for one again, with what was agreed", () =>
    Effect.gen(function* () {
      const { end, id, room, start, world } = yield* lost
      yield* world.enter(room, "parley-assistant", "agent")
      yield* world.enter(room, "Ada")
      yield* start
      yield* minutes(2)
      assert.include(
        { ...world.jobs.get(id) },
        { room, personName: "Ada", personIdentity: ada.id, record: true, priority: "normal" },
      )
      yield* minutes(10)
      assert.isUndefined(end())
      assert.strictEqual(world.state.enqueued, 1)
    }),
  )

  it.scoped("is not thrown out because the queue is full, and is asked for again", () =>
    Effect.gen(function* () {
      const { end, id, room, start, world } = yield* lost
      world.state.waitingMax = 0
      yield* world.enter(room, "Ada")
      yield* start
      yield* minutes(5)
      assert.isUndefined(end())
      world.state.waitingMax = 1
      yield* minutes(1)
      assert.isTrue(world.jobs.has(id))
    }),
  )

  it.scoped("is seen though they came in after the rooms were listed", () =>
    Effect.gen(function* () {
      const { end, id, room, start, world } = yield* lost
      yield* start
      yield* minutes(3)
      // The list of rooms is made without them; the room itself has them.
      const listed = world.media.values
      yield* world.enter(room, "Ada")
      world.media.values = () => new Map<never, never>().values()
      yield* minutes(1)
      world.media.values = listed
      assert.isUndefined(end())
      assert.isTrue(world.jobs.has(id))
    }),
  )
})

describe("Reconciliation, rooms that are left over", () => {
  const unknown = `parley-${ConversationId.make("00000000-0000-4000-8000-0000000000d9")}`

  it.scoped("are closed when their conversation has ended or is not there, once no person is in them", () =>
    Effect.gen(function* () {
      const { id, room, start, world } = yield* lost
      world.ends.set(id, { at: Samples.at(0), reason: "assistant" })
      yield* world.enter(room, "parley-assistant", "agent")
      yield* world.enter(unknown, "Ada")
      yield* start
      yield* minutes(1)
      assert.deepStrictEqual([...world.media.keys()], [room, unknown], "as young as they are, nothing is said of them")
      yield* minutes(1)
      assert.deepStrictEqual([...world.media.keys()], [unknown])
      yield* world.exit(unknown)
      yield* minutes(1)
      assert.deepStrictEqual([...world.media.keys()], [])
    }),
  )

  it.scoped("stay when their conversation goes on, or they are not ours", () =>
    Effect.gen(function* () {
      const { conversation, id, room, start, world } = yield* lost
      world.jobs.set(id, yield* jobFor(conversation, room, "Ada"))
      yield* world.enter(room, "parley-assistant", "agent")
      // Open, but none of those that are listed.
      const other = yield* newConversation(ada)
      world.conversations.set(other.conversation.id, other.conversation)
      yield* world.enter(other.room.livekitRoomId, "parley-assistant", "agent")
      for (const foreign of ["kitchen", "parley-kitchen", `other-${id}`]) yield* world.enter(foreign, "x", "agent")
      yield* start
      yield* minutes(10)
      assert.strictEqual(world.media.size, 5)
    }),
  )
})

describe("Reconciliation, when something does not answer", () => {
  for (const away of ["media", "queue", "store"] as const) {
    it.scoped(`skips its rounds while the ${away} is away, says so once, and goes on by itself`, () =>
      Effect.gen(function* () {
        const { end, lines, start, world } = yield* lost
        world.away.add(away)
        yield* start
        yield* minutes(10)
        assert.isUndefined(end())
        assert.lengthOf(lines, 1)
        assert.match(lines[0] ?? "", /^WARN: conversations cannot be reconciled now/)
        world.away.delete(away)
        yield* minutes(1)
        assert.deepStrictEqual(lines.slice(1), ["INFO: conversations are reconciled again"])
        yield* minutes(2)
        assert.strictEqual(end(), "error")
      }),
    )
  }

  it.scoped("counts from the beginning what nobody had: of the time in between nothing is known", () =>
    Effect.gen(function* () {
      const { end, start, world } = yield* lost
      yield* start
      yield* minutes(3)
      world.away.add("store")
      yield* minutes(1)
      world.away.delete("store")
      yield* minutes(2)
      assert.isUndefined(end())
      yield* minutes(1)
      assert.strictEqual(end(), "error")
    }),
  )

  it.scoped("begins at once, and stops with its scope", () =>
    Effect.gen(function* () {
      const { end, start } = yield* lost
      yield* minutes(2)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* start
          yield* minutes(1)
        }),
      )
      yield* minutes(10)
      assert.isUndefined(end())
      yield* start
      yield* minutes(2)
      assert.strictEqual(end(), "error")
    }),
  )
})
