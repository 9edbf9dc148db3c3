import { assert, layer } from "@effect/vitest"
import { Effect, Option } from "effect"
import { ConversationHost } from "../../../../src/agent/worker/ConversationHost.ts"
import * as DroppedDispatches from "../../../../src/agent/worker/livekit/DroppedDispatches.ts"
import * as QueueDoor from "../../../../src/agent/worker/QueueDoor.ts"
import { Slots } from "../../../../src/agent/worker/Slots.ts"
import { ConversationRepository } from "../../../../src/domain/conversation/ConversationRepository.ts"
import { MediaServer } from "../../../../src/domain/media/MediaServer.ts"
import { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import * as Samples from "../../../support/Samples.ts"
import * as World from "./DoorWorld.ts"
import { eventually } from "./Eventually.ts"

const { dispatch, fresh, makeWorker } = World

/** Everybody is there already: fifty real people are heavy, and nobody listens to them here. */
const peopled = Effect.map(MediaServer, (server) => ({
  ...server,
  participants: () =>
    Effect.succeed([{ identity: "ada", name: "Ada", kind: "person" as const, joinedAt: Samples.at(0) }]),
}))

type Workers = ReadonlyArray<Effect.Effect.Success<ReturnType<typeof makeWorker>>>

const heldRooms = (workers: Workers) => workers.flatMap(({ host }) => host.leases().map(({ job }) => job.room))

/** Each of the workers takes from the queue, too, with the same slots. */
const openQueueDoors = (workers: Workers) =>
  Effect.forEach(workers, ({ host, slots, worker }) =>
    QueueDoor.make(worker).pipe(
      Effect.provideService(Slots, slots),
      Effect.provideService(ConversationHost, host.service),
      Effect.flatMap(({ run }) => Effect.forkScoped(run)),
    ),
  )

const positionsOf = Effect.fnUntraced(function* (rooms: ReadonlyArray<string>) {
  const conversations = yield* ConversationRepository
  const queue = yield* DispatchQueue
  return yield* Effect.forEach(rooms, (room) =>
    Effect.gen(function* () {
      const { id } = Option.getOrThrow(yield* conversations.findOpenByLiveKitRoom(room))
      const place = yield* queue.place(id)
      return place._tag === "Waiting" ? place.position : 0
    }),
  )
})

describeLiveKit("more dispatches than places, over a real server", () => {
  layer(World.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.scoped(
      "of 50 on two workers of 20, 40 are held, 10 wait in the queue, and all are served",
      () =>
        Effect.gen(function* () {
          const agentName = yield* fresh("agent")
          const { rooms: api } = yield* World.LiveKitApi
          const workers = yield* Effect.replicateEffect(makeWorker({ agentName, total: 20 }), 2)
          const rooms = yield* Effect.replicateEffect(fresh("room"), 50)
          yield* Effect.forEach(rooms, (name) => Effect.promise(() => api.createRoom({ name })))
          const { run } = yield* DroppedDispatches.make({ agentName })
          yield* Effect.forkScoped(run)
          yield* Effect.forEach(rooms, (room) => dispatch(room, agentName), { concurrency: "unbounded" })

          const queue = yield* DispatchQueue
          yield* eventually(queue.statistics, ({ held, waiting }) => held === 40 && waiting === 10)
          for (const { host, slots } of workers) {
            assert.strictEqual(host.leases().length, 20)
            assert.strictEqual(slots.used(), 20)
          }
          const first = heldRooms(workers)
          const waiting = rooms.filter((room) => !first.includes(room))
          assert.sameMembers([...(yield* positionsOf(waiting))], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

          yield* openQueueDoors(workers)
          yield* Effect.forEach(first.slice(0, 10), (room) => {
            const worker = workers.find(({ host }) => host.service.rooms().includes(room))
            return worker === undefined ? Effect.dieMessage(`nobody holds ${room}`) : worker.host.end(room)
          })
          yield* eventually(
            Effect.sync(() => heldRooms(workers)),
            (now) => waiting.every((room) => now.includes(room)),
          )
          for (const { host } of workers) assert.isAtMost(host.heldMax(), 20)
          assert.deepStrictEqual(yield* queue.statistics, { waiting: 0, held: 40 })
        }).pipe(Effect.provideServiceEffect(MediaServer, peopled)),
      60_000,
    )
  })
})
