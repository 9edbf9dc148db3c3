import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Fiber, Option } from "effect"
import { ConversationRepository } from "../../../../src/domain/conversation/ConversationRepository.ts"
import { Room } from "../../../../src/domain/room/Room.ts"
import { RoomRepository } from "../../../../src/domain/room/RoomRepository.ts"
import { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"
import { UserRepository } from "../../../../src/domain/user/UserRepository.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import * as Samples from "../../../support/Samples.ts"
import * as World from "./DoorWorld.ts"
import { eventually } from "./Eventually.ts"

const { dispatch, enter, fresh, makeWorker } = World

const names = Effect.all({ agentName: fresh("agent"), room: fresh("room"), another: fresh("room") })

const held = (worker: Effect.Effect.Success<ReturnType<typeof makeWorker>>, count: number) =>
  eventually(Effect.sync(worker.host.leases), (leases) => leases.length === count)

const openIn = (room: string) =>
  Effect.flatMap(ConversationRepository, (conversations) => conversations.findOpenByLiveKitRoom(room))

describeLiveKit("LiveKitDoor, over a real server", () => {
  layer(World.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.scoped("a dispatched room becomes a conversation of its first person, under a lease", () =>
      Effect.gen(function* () {
        const { agentName, room } = yield* names
        const worker = yield* makeWorker({ agentName, total: 3 })
        yield* enter(room, "someone of another system")
        yield* dispatch(room, agentName)
        const [lease] = yield* held(worker, 1)
        if (lease === undefined) return assert.fail("nothing is held")
        const { job } = lease
        assert.include(job, { room, personIdentity: "someone of another system", personName: "Ada", record: false })
        assert.strictEqual(worker.slots.used(), 1)

        assert.deepStrictEqual(
          Option.map(yield* openIn(room), ({ id, userId }) => ({ id, userId })),
          Option.some({ id: job.conversationId, userId: job.userId }),
        )
        const user = yield* Effect.flatMap(UserRepository, (users) => users.get(job.userId))
        assert.match(user.email, /^[0-9a-f]{40}@guest\.invalid$/)
        assert.strictEqual(user.name, "Ada")
        const queue = yield* DispatchQueue
        assert.include(yield* queue.place(job.conversationId), { _tag: "Held", worker: worker.worker })

        yield* worker.host.end(room)
        yield* eventually(Effect.sync(worker.slots.used), (used) => used === 0)
      }),
    )

    it.scoped("whoever dispatches may say whose conversation it is, and that it is recorded", () =>
      Effect.gen(function* () {
        const { agentName, room } = yield* names
        const user = yield* Effect.flatMap(UserRepository, (users) => users.upsertByEmail(Samples.user()))
        const worker = yield* makeWorker({ agentName, total: 1 })
        yield* enter(room)
        yield* dispatch(room, agentName, JSON.stringify({ userId: user.id, record: true, priority: "high" }))
        const [lease] = yield* held(worker, 1)
        assert.include(lease?.job, { userId: user.id, record: true, priority: "high" })
      }),
    )

    it.scoped("a conversation that is under way in the room is gone on with", () =>
      Effect.gen(function* () {
        const { agentName, room } = yield* names
        const user = yield* Effect.flatMap(UserRepository, (users) => users.upsertByEmail(Samples.user()))
        const stored = new Room({ ...Samples.room(user.id), livekitRoomId: room })
        yield* Effect.flatMap(RoomRepository, (rooms) => rooms.insert(stored))
        const conversation = Samples.conversation(stored)
        yield* Effect.flatMap(ConversationRepository, (conversations) => conversations.insert(conversation))
        const worker = yield* makeWorker({ agentName, total: 1 })
        yield* enter(room, "a friend")
        yield* enter(room, user.id)
        yield* dispatch(room, agentName)
        const [lease] = yield* held(worker, 1)
        assert.include(lease?.job, { conversationId: conversation.id, userId: user.id, personIdentity: user.id })
      }),
    )

    it.scoped("an assistant that is called first waits for the person; whom nobody needs gives the place back", () =>
      Effect.gen(function* () {
        const { agentName, another, room } = yield* names
        const worker = yield* makeWorker({ agentName, total: 2 })
        const { rooms } = yield* World.LiveKitApi
        yield* Effect.promise(() => rooms.createRoom({ name: room }))
        yield* dispatch(room, agentName)
        yield* eventually(Effect.sync(worker.slots.used), (used) => used === 1)
        assert.deepStrictEqual(worker.host.leases(), [])
        yield* enter(room)
        yield* held(worker, 1)

        const hasty = yield* makeWorker({
          agentName: another,
          total: 1,
          policy: { personWithin: Duration.millis(300) },
        })
        yield* Effect.promise(() => rooms.createRoom({ name: another }))
        yield* dispatch(another, another)
        yield* eventually(Effect.sync(hasty.slots.used), (used) => used === 1)
        yield* eventually(Effect.sync(hasty.slots.used), (used) => used === 0)
        assert.isTrue(Option.isNone(yield* openIn(another)))
      }),
    )

    it.scoped("a full worker takes nothing, and takes again at once when a place is free", () =>
      Effect.gen(function* () {
        const { agentName, another, room } = yield* names
        const third = yield* fresh("room")
        const worker = yield* makeWorker({ agentName, total: 1 })
        yield* Effect.forEach([room, another, third], (each) => enter(each))
        yield* dispatch(room, agentName)
        yield* held(worker, 1)
        // LiveKit drops it.
        yield* dispatch(another, agentName)
        yield* worker.host.end(room)
        yield* eventually(Effect.sync(worker.slots.used), (used) => used === 0)
        yield* dispatch(third, agentName)
        const [lease] = yield* held(worker, 1)
        assert.strictEqual(lease?.job.room, third)
        assert.strictEqual(worker.host.heldMax(), 1)
      }),
    )

    it.scoped("nineteen of twenty places taken is not full", () =>
      Effect.gen(function* () {
        const { agentName, room } = yield* names
        const worker = yield* makeWorker({ agentName, total: 20 })
        yield* Effect.replicateEffect(worker.slots.tryTake, 19)
        yield* enter(room)
        yield* dispatch(room, agentName)
        yield* held(worker, 1)
        assert.strictEqual(worker.slots.used(), 20)
      }),
    )

    it.scoped("a drain takes nothing more, waits for what lives and ends", () =>
      Effect.gen(function* () {
        const { agentName, another, room } = yield* names
        const worker = yield* makeWorker({ agentName, total: 2 })
        yield* enter(room)
        yield* enter(another)
        yield* dispatch(room, agentName)
        yield* held(worker, 1)
        yield* worker.slots.close
        yield* dispatch(another, agentName)
        assert.isTrue(Option.isNone(yield* Fiber.poll(worker.fiber)))
        yield* worker.host.end(room)
        yield* Fiber.join(worker.fiber)
        assert.strictEqual(worker.host.heldMax(), 1)
        assert.deepStrictEqual(worker.host.interrupted(), [])
        assert.isTrue(Option.isNone(yield* openIn(another)))
      }),
    )

    it.scoped("a worker that is stopped ends what it holds", () =>
      Effect.gen(function* () {
        const { agentName, room } = yield* names
        const worker = yield* makeWorker({ agentName, total: 2 })
        yield* enter(room)
        yield* dispatch(room, agentName)
        yield* held(worker, 1)
        yield* Fiber.interrupt(worker.fiber)
        assert.deepStrictEqual(worker.host.interrupted(), [room])
        assert.strictEqual(worker.slots.used(), 0)
      }),
    )

    it.scoped("a conversation whose dispatch is deleted is ended, and nobody goes on with it", () =>
      Effect.gen(function* () {
        const { agentName, another, room } = yield* names
        const { dispatches } = yield* World.LiveKitApi
        const worker = yield* makeWorker({ agentName, total: 2 })
        yield* enter(room)
        yield* enter(another)
        yield* dispatch(room, agentName)
        const { id } = yield* dispatch(another, agentName)
        const leases = yield* held(worker, 2)

        // The server says so only some seconds later where the job's participant has another name than it was told.
        yield* Effect.promise(() => dispatches.deleteDispatch(id, another))
        yield* held(worker, 1)
        assert.deepStrictEqual(worker.host.interrupted(), [another])

        const queue = yield* DispatchQueue
        yield* eventually(openIn(another), Option.isNone)
        for (const { job } of leases) {
          const place = yield* queue.place(job.conversationId)
          // The scripted host renews no lease: what is not withdrawn may be held, or wait for the next.
          assert.strictEqual(place._tag === "Unknown", job.room === another)
        }
      }),
    )
  })
})

describeLiveKit("LiveKitDoor, over a server that goes away", () => {
  layer(World.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.scoped("it registers again, and what lives is not touched", () =>
      Effect.gen(function* () {
        const { agentName, another, room } = yield* names
        const { server } = yield* World.LiveKitApi
        const worker = yield* makeWorker({ agentName, total: 3 })
        yield* enter(room)
        yield* dispatch(room, agentName)
        yield* held(worker, 1)
        yield* server.kill
        yield* server.start
        yield* worker.door.registered
        yield* enter(another)
        yield* dispatch(another, agentName)
        yield* held(worker, 2)
        assert.deepStrictEqual(worker.host.interrupted(), [])
      }),
    )
  })
})
