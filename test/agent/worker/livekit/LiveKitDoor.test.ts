import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Option } from "effect"
import { ConversationRepository } from "../../../../src/domain/conversation/ConversationRepository.ts"
import { MediaServer } from "../../../../src/domain/media/MediaServer.ts"
import { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"
import { UserRepository } from "../../../../src/domain/user/UserRepository.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import * as Samples from "../../../support/Samples.ts"
import * as World from "./DoorWorld.ts"

const { dispatch, enter, eventually, fresh, makeWorker } = World

describeLiveKit("LiveKitDoor, over a real server", () => {
  layer(World.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.scoped("a dispatched room becomes a conversation of its first person, under a lease", () =>
      Effect.gen(function* () {
        const [agentName, room] = [yield* fresh("agent"), yield* fresh("room")]
        const worker = yield* makeWorker({ agentName, total: 3 })
        yield* enter(room, "someone of another system")
        yield* dispatch(room, agentName)
        const [lease] = yield* eventually(Effect.sync(worker.host.leases), (leases) => leases.length === 1)
        if (lease === undefined) return assert.fail("nothing is held")
        const { job } = lease
        assert.include(job, { room, personIdentity: "someone of another system", personName: "Ada", record: false })
        assert.strictEqual(worker.slots.used(), 1)

        const conversations = yield* ConversationRepository
        const stored = yield* conversations.findOpenByLiveKitRoom(room)
        assert.deepStrictEqual(
          Option.map(stored, ({ id, userId }) => ({ id, userId })),
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
  })
})
