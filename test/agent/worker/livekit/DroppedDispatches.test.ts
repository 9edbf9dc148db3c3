import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Option, Schedule } from "effect"
import * as DroppedDispatches from "../../../../src/agent/worker/livekit/DroppedDispatches.ts"
import { conversationIdOf } from "../../../../src/agent/worker/livekit/RoomConversation.ts"
import { ConversationRepository } from "../../../../src/domain/conversation/ConversationRepository.ts"
import { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"
import * as DispatchQueueMemory from "../../../../src/infra/memory/DispatchQueueMemory.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import * as Samples from "../../../support/Samples.ts"
import * as World from "./DoorWorld.ts"
import { eventually } from "./Eventually.ts"

const { dispatch, enter, enterAsAgent, fresh, makeWorker } = World

/** Has no patience, and no memory of earlier looks. */
const newcomer = (agentName: string) =>
  DroppedDispatches.make({ agentName, policy: { grace: Duration.zero, settledFor: Duration.zero } })

const queueOfItsOwn = DispatchQueueMemory.layer({ leaseMillis: 60_000 })

const placeOf = Effect.fnUntraced(function* (room: string, dispatchId: string) {
  const queue = yield* DispatchQueue
  return yield* queue.place(conversationIdOf({ room, dispatchId, metadata: "" }))
})

describeLiveKit("DroppedDispatches, over a real server", () => {
  layer(World.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.scoped("what LiveKit dropped waits in the queue, once, however many look", () =>
      Effect.gen(function* () {
        const [agentName, room] = [yield* fresh("agent"), yield* fresh("room")]
        yield* enter(room)
        const { id } = yield* dispatch(room, agentName)
        const watchers = yield* Effect.replicateEffect(DroppedDispatches.make({ agentName }), 3)
        yield* Effect.forEach(watchers, ({ run }) => Effect.forkScoped(run))
        yield* eventually(placeOf(room, id), ({ _tag }) => _tag === "Waiting")
        const { look } = yield* newcomer(agentName)
        yield* Effect.repeat(look, Schedule.recurs(3))

        const queue = yield* DispatchQueue
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 1, held: 0 })
        const conversations = yield* ConversationRepository
        const open = Option.getOrThrow(yield* conversations.findOpenByLiveKitRoom(room))
        const { items } = yield* conversations.list({ userId: open.userId, limit: 100, cursor: Option.none() })
        const inRoom = yield* Effect.forEach(items, ({ id }) => conversations.get(id))
        assert.strictEqual(inRoom.filter(({ roomId }) => roomId === open.roomId).length, 1)
      }).pipe(Effect.provide(queueOfItsOwn)),
    )

    it.scoped("a conversation that was held and is over does not begin again while the person stays", () =>
      Effect.gen(function* () {
        const [agentName, room] = [yield* fresh("agent"), yield* fresh("room")]
        const worker = yield* makeWorker({ agentName, total: 1 })
        yield* enter(room)
        const { id } = yield* dispatch(room, agentName)
        const held = yield* eventually(placeOf(room, id), ({ _tag }) => _tag === "Held")
        const { look } = yield* newcomer(agentName)
        yield* look
        assert.deepStrictEqual(yield* placeOf(room, id), held)

        const conversations = yield* ConversationRepository
        const conversationId = conversationIdOf({ room, dispatchId: id, metadata: "" })
        yield* conversations.end(conversationId, { at: Samples.at(0), reason: "assistant" })
        yield* worker.host.end(room)
        yield* eventually(placeOf(room, id), ({ _tag }) => _tag === "Unknown")
        const another = yield* newcomer(agentName)
        yield* Effect.repeat(another.look, Schedule.recurs(3))
        assert.strictEqual((yield* placeOf(room, id))._tag, "Unknown")
      }).pipe(Effect.provide(queueOfItsOwn)),
    )

    it.scoped("rooms without a person, with an assistant, or asking for another agent are left alone", () =>
      Effect.gen(function* () {
        const agentName = yield* fresh("agent")
        const [empty, served, foreign] = [yield* fresh("room"), yield* fresh("room"), yield* fresh("room")]
        const { rooms } = yield* World.LiveKitApi
        yield* Effect.promise(() => rooms.createRoom({ name: empty }))
        yield* Effect.forEach([served, foreign], (room) => enter(room))
        yield* enterAsAgent(served, "assistant-7-0123456789ab")
        yield* Effect.forEach([empty, served], (room) => dispatch(room, agentName))
        yield* dispatch(foreign, `${agentName}-not`)
        const { look } = yield* newcomer(agentName)
        yield* Effect.repeat(look, Schedule.recurs(3))
        const queue = yield* DispatchQueue
        assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 0 })
        // It does look.
        yield* enter(empty)
        yield* eventually(Effect.zipRight(look, queue.statistics), ({ waiting }) => waiting === 1)
      }).pipe(Effect.provide(queueOfItsOwn)),
    )
  })
})
