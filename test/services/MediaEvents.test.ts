import { assert, describe, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Option, TestClock } from "effect"
import { ConversationId } from "../../src/domain/conversation/Conversation.ts"
import { inMediaRoom } from "../../src/domain/conversation/MediaRoom.ts"
import { newConversation } from "../../src/domain/conversation/NewConversation.ts"
import { MediaEvent } from "../../src/domain/media/MediaEvent.ts"
import { departureGrace, layer, MediaEvents } from "../../src/services/MediaEvents.ts"
import { jobFor } from "../../src/services/TalkJob.ts"
import { ada } from "../agent/transport/People.ts"
import { makeWorld, serviceOf } from "../support/TalkWorld.ts"

const begin = Date.UTC(2026, 10, 1)
const at = (seconds: number) => DateTime.unsafeMake(begin + seconds * 1_000)

const joined = (room: string, seconds: number, kind: "person" | "agent" = "person") =>
  MediaEvent.ParticipantJoined({ room, identity: ada.id, kind, at: at(seconds) })
const left = (room: string, seconds: number, kind: "person" | "agent" | "other" = "person") =>
  MediaEvent.ParticipantLeft({ room, identity: ada.id, kind, at: at(seconds) })
const finished = (room: string, seconds: number) => MediaEvent.RoomFinished({ room, at: at(seconds) })

interface Outcome {
  readonly waits: boolean
  readonly end: string | undefined
  readonly room: "open" | "closed" | undefined
}

/** A conversation that waits, with nobody in its room yet. */
const waiting = Effect.gen(function* () {
  yield* TestClock.setTime(begin)
  const world = makeWorld()
  const events = yield* serviceOf(MediaEvents, layer, world)
  const begun = yield* newConversation(ada)
  const conversation = inMediaRoom(begun.conversation, false)
  const { id } = conversation
  const room = begun.room.livekitRoomId
  world.rooms.set(begun.room.id, begun.room)
  world.conversations.set(id, conversation)
  world.jobs.set(id, yield* jobFor(conversation, room, ada.name))
  const outcome = (): Outcome => ({
    waits: world.jobs.has(id),
    end: world.ends.get(id)?.reason,
    room: world.rooms.get(begun.room.id)?.status,
  })
  return { world, events, id, room, outcome }
})

const untouched: Outcome = { waits: true, end: undefined, room: "open" }
const over: Outcome = { waits: false, end: "left", room: "closed" }
/** Just short of what somebody who waits has to come back. */
const almost = Duration.subtract(departureGrace, Duration.millis(1))
const rest = TestClock.adjust(Duration.millis(1))
const wholeGrace = TestClock.adjust(departureGrace)
/** What is done at once is done beside. */
const beside = TestClock.adjust(0)

describe("MediaEvents, a person who waits leaves", () => {
  it.scoped("gives the place up after the grace, not before", () =>
    Effect.gen(function* () {
      const { events, outcome, room, world, id } = yield* waiting
      yield* events.received(joined(room, 1))
      yield* events.received(left(room, 5))
      yield* TestClock.adjust(almost)
      assert.deepStrictEqual(outcome(), untouched)
      yield* rest
      assert.deepStrictEqual(outcome(), over)
      assert.strictEqual(world.ends.get(id)?.at.epochMillis, begin + Duration.toMillis(departureGrace))
    }),
  )

  it.scoped("keeps it when they join again, and leaving anew counts from then", () =>
    Effect.gen(function* () {
      const { events, outcome, room } = yield* waiting
      yield* events.received(left(room, 5))
      yield* TestClock.adjust("20 seconds")
      yield* events.received(joined(room, 25))
      yield* TestClock.adjust("5 seconds")
      yield* events.received(left(room, 30))
      yield* TestClock.adjust(almost)
      assert.deepStrictEqual(outcome(), untouched)
      yield* rest
      assert.deepStrictEqual(outcome(), over)
    }),
  )

  it.scoped("keeps it when they joined again, though the media server does not show them yet", () =>
    Effect.gen(function* () {
      const { events, outcome, room } = yield* waiting
      yield* events.received(left(room, 5))
      yield* TestClock.adjust(almost)
      yield* events.received(joined(room, 34))
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), untouched)
    }),
  )

  it.scoped("is not misled by events that come in the wrong order", () =>
    Effect.gen(function* () {
      const { events, outcome, room } = yield* waiting
      yield* events.received(joined(room, 10))
      yield* events.received(left(room, 5))
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), untouched)
      yield* events.received(left(room, 50))
      yield* events.received(joined(room, 40))
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), over)
    }),
  )

  it.scoped("keeps it when the media server shows a person, whoever was told of the coming", () =>
    Effect.gen(function* () {
      const { events, outcome, room, world } = yield* waiting
      yield* events.received(left(room, 5))
      yield* world.enter(room, ada.id)
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), untouched)
    }),
  )

  it.scoped("does not count assistants and recorders as persons", () =>
    Effect.gen(function* () {
      const { events, outcome, room, world } = yield* waiting
      yield* events.received(left(room, 5, "agent"))
      yield* events.received(left(room, 5, "other"))
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), untouched)
      yield* world.enter(room, "parley-assistant", "agent")
      yield* events.received(left(room, 40))
      yield* events.received(joined(room, 41, "agent"))
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), over)
    }),
  )

  it.scoped("leaves to its worker what is held", () =>
    Effect.gen(function* () {
      const { events, id, outcome, room, world } = yield* waiting
      world.held.add(id)
      yield* events.received(left(room, 5))
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), untouched)
    }),
  )

  for (const away of ["media", "queue", "store"] as const) {
    it.scoped(`does nothing rash while the ${away} does not answer`, () =>
      Effect.gen(function* () {
        const { events, id, outcome, room, world } = yield* waiting
        world.away.add(away)
        yield* events.received(left(room, 5))
        yield* wholeGrace
        assert.isFalse(world.ends.has(id))
        world.away.delete(away)
        yield* events.received(left(room, 50))
        yield* wholeGrace
        if (away !== "store") assert.deepStrictEqual(outcome(), over)
      }),
    )
  }
})

describe("MediaEvents, a room is finished", () => {
  it.scoped("ends what waited for it at once", () =>
    Effect.gen(function* () {
      const { events, outcome, room } = yield* waiting
      yield* events.received(finished(room, 5))
      yield* beside
      assert.deepStrictEqual(outcome(), over)
    }),
  )

  it.scoped("unless it lives again by a newer event, or by the media server", () =>
    Effect.gen(function* () {
      const { events, outcome, room, world } = yield* waiting
      yield* events.received(MediaEvent.RoomStarted({ room, at: at(6) }))
      yield* events.received(finished(room, 5))
      yield* beside
      assert.deepStrictEqual(outcome(), untouched)
      yield* world.enter(room, ada.id)
      yield* events.received(finished(room, 7))
      yield* beside
      assert.deepStrictEqual(outcome(), untouched)
    }),
  )

  it.scoped("ends what was held too: its worker is out of the room as well, or dead", () =>
    Effect.gen(function* () {
      const { events, id, outcome, room, world } = yield* waiting
      world.held.add(id)
      yield* events.received(finished(room, 5))
      yield* beside
      assert.deepStrictEqual(outcome(), over)
    }),
  )

  it.scoped("closes the row of a room that nobody waits in", () =>
    Effect.gen(function* () {
      const { events, id, outcome, room, world } = yield* waiting
      world.jobs.clear()
      world.ends.set(id, { at: at(1), reason: "assistant" })
      yield* events.received(finished(room, 5))
      yield* beside
      assert.deepStrictEqual(outcome(), { waits: false, end: "assistant", room: "closed" })
    }),
  )
})

describe("MediaEvents, what is not ours", () => {
  it.scoped("is nothing to us", () =>
    Effect.gen(function* () {
      const { events, id, outcome, world } = yield* waiting
      for (const name of ["", "kitchen", "parley-", "parley-kitchen", `other-${id}`, id]) {
        yield* events.received(left(name, 5))
        yield* events.received(finished(name, 5))
      }
      const unknown = ConversationId.make("00000000-0000-4000-8000-0000000000d9")
      yield* events.received(finished(`parley-${unknown}`, 5))
      yield* events.received(MediaEvent.Other({ room: `parley-${id}`, name: "track_published", at: at(5) }))
      yield* wholeGrace
      assert.deepStrictEqual(outcome(), untouched)
      assert.deepStrictEqual([...world.ends], [])
    }),
  )

  it.scoped("returns before anything is done", () =>
    Effect.gen(function* () {
      const { events, outcome, room } = yield* waiting
      const answered = yield* events.received(finished(room, 5)).pipe(Effect.timeoutOption("0 millis"))
      assert.isTrue(Option.isSome(answered))
      assert.deepStrictEqual(outcome(), untouched)
    }),
  )
})
