import { JobStatus, WorkerStatus } from "@livekit/protocol"
import { assert, it } from "@effect/vitest"
import { createServer, type Socket } from "node:net"
import { Duration, Effect, Layer, Option, Redacted } from "effect"
import { describe } from "vitest"
import { ConversationHost } from "../../../../src/agent/worker/ConversationHost.ts"
import * as FifoSlots from "../../../../src/agent/worker/FifoSlots.ts"
import { defaultPolicy, type DoorPolicy } from "../../../../src/agent/worker/livekit/DoorPolicy.ts"
import * as LiveKitDoor from "../../../../src/agent/worker/livekit/LiveKitDoor.ts"
import * as WorkerSocket from "../../../../src/agent/worker/livekit/WorkerSocket.ts"
import { Slots } from "../../../../src/agent/worker/Slots.ts"
import type { Conversation, ConversationId } from "../../../../src/domain/conversation/Conversation.ts"
import { ConversationNotFound } from "../../../../src/domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../../../src/domain/conversation/ConversationRepository.ts"
import { type AgentDispatch, MediaServer } from "../../../../src/domain/media/MediaServer.ts"
import { RoomRepository } from "../../../../src/domain/room/RoomRepository.ts"
import { WorkerId } from "../../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"
import { UserRepository } from "../../../../src/domain/user/UserRepository.ts"
import * as DispatchQueueMemory from "../../../../src/infra/memory/DispatchQueueMemory.ts"
import * as Samples from "../../../support/Samples.ts"
import { eventually } from "./Eventually.ts"
import * as FakeAgentServer from "./FakeAgentServer.ts"
import * as ScriptedHost from "./ScriptedHost.ts"

/** As short as a busy machine allows. */
const hasty: DoorPolicy = {
  ...defaultPolicy,
  openWithin: Duration.millis(500),
  registerWithin: Duration.millis(500),
  pingEvery: Duration.millis(100),
  silenceMax: Duration.millis(1_000),
  reconnectAfterMin: Duration.millis(20),
  reconnectAfterMax: Duration.millis(100),
  assignedWithin: Duration.millis(300),
}

const grantOf = (url: URL) => ({ url, token: Redacted.make("the token") })

/** Stores that keep conversations in a map, and a room with a person in it. */
const world = (url: URL, dispatches: ReadonlyArray<AgentDispatch>) => {
  const stored = new Map<ConversationId, Conversation>()
  return Layer.mergeAll(
    DispatchQueueMemory.layer(),
    Layer.mock(MediaServer, {
      workerGrant: Effect.succeed(grantOf(url)),
      participants: () => Effect.succeed([{ identity: "ada", name: "Ada", kind: "person", joinedAt: Samples.at(0) }]),
      dispatches: (room) => Effect.succeed(dispatches.filter((each) => each.room === room)),
    }),
    Layer.mock(UserRepository, { upsertByEmail: Effect.succeed }),
    Layer.mock(RoomRepository, { open: Effect.succeed }),
    Layer.mock(ConversationRepository, {
      findOpenByLiveKitRoom: () => Effect.succeedNone,
      get: (conversationId) =>
        Option.match(Option.fromNullable(stored.get(conversationId)), {
          onNone: () => new ConversationNotFound({ conversationId }),
          onSome: Effect.succeed,
        }),
      insert: (conversation) => Effect.sync(() => void stored.set(conversation.id, conversation)),
      end: () => Effect.void,
    }),
  )
}

interface Story {
  readonly server: FakeAgentServer.FakeAgentServer
  readonly host: ScriptedHost.ScriptedHost
  readonly slots: typeof Slots.Service
}

/** A door before a server made by hand, while something goes on. */
const before = (
  story: (world: Story) => Effect.Effect<void, unknown>,
  options: { readonly total?: number; readonly dispatches?: ReadonlyArray<AgentDispatch> } = {},
) =>
  Effect.gen(function* () {
    const server = yield* FakeAgentServer.make
    yield* Effect.gen(function* () {
      const host = ScriptedHost.make(yield* DispatchQueue)
      const slots = FifoSlots.make({ total: options.total ?? 2 })
      const door = yield* LiveKitDoor.make({
        worker: WorkerId.make("worker-1"),
        registration: { agentName: "parley", namespace: "", version: "1.2.3" },
        assistantName: "Parley",
        policy: hasty,
      }).pipe(Effect.provideService(Slots, slots), Effect.provideService(ConversationHost, host.service))
      yield* Effect.forkScoped(door.run)
      yield* story({ server, host, slots })
    }).pipe(Effect.provide(world(server.url, options.dispatches ?? [])))
  })

const count = (look: () => number) => (wanted: number) => eventually(Effect.sync(look), (found) => found >= wanted)
const statuses = ({ server }: Story, id: string) =>
  server.heard.updateJob().flatMap(({ jobId, status }) => (jobId === id ? [JobStatus[status]] : []))
const isThere = ({ server }: Story) => count(() => server.heard.updateWorker().length)(1)

const offered = Effect.fnUntraced(function* (world: Story, id: string) {
  yield* world.server.offer(id)
  const answers = () => world.server.heard.availability().filter(({ jobId }) => jobId === id)
  const [answer] = yield* eventually(Effect.sync(answers), ({ length }) => length > 0)
  return answer?.available === true
})

describe("what a worker says", () => {
  it.scopedLive("it registers by its token, answers an offer, and tells how the job goes", () =>
    before((world) =>
      Effect.gen(function* () {
        const { host, server, slots } = world
        yield* isThere(world)
        assert.deepStrictEqual(server.authorizations, ["Bearer the token"])
        assert.deepInclude(server.heard.register()[0], { agentName: "parley", version: "1.2.3" })
        assert.isTrue(yield* offered(world, "one"))
        assert.strictEqual(slots.used(), 1)
        assert.match(server.heard.availability()[0]?.participantIdentity ?? "", /^assistant-/)
        yield* server.assign("one")
        yield* eventually(Effect.sync(host.leases), ({ length }) => length === 1)
        yield* eventually(
          Effect.sync(() => statuses(world, "one")),
          ({ length }) => length === 1,
        )
        assert.deepStrictEqual(statuses(world, "one"), ["JS_RUNNING"])
        yield* host.end("room-one")
        yield* eventually(
          Effect.sync(() => statuses(world, "one")),
          ({ length }) => length === 2,
        )
        assert.deepStrictEqual(statuses(world, "one"), ["JS_RUNNING", "JS_SUCCESS"])
      }),
    ),
  )

  it.scopedLive("with the last place it is full, says no, and is free again at once", () =>
    before((world) =>
      Effect.gen(function* () {
        const { host, server } = world
        const newest = () => server.heard.updateWorker().at(-1)
        yield* isThere(world)
        assert.isTrue(yield* offered(world, "one"))
        yield* server.assign("one")
        yield* eventually(Effect.sync(newest), (told) => told?.jobCount === 1)
        assert.isBelow(newest()?.load ?? 1, 0.7)
        assert.strictEqual(newest()?.status, WorkerStatus.WS_AVAILABLE)
        assert.isTrue(yield* offered(world, "two"))
        yield* server.assign("two")
        yield* eventually(Effect.sync(newest), (told) => told?.status === WorkerStatus.WS_FULL)
        assert.strictEqual(newest()?.load, 1)
        assert.isFalse(yield* offered(world, "three"))
        yield* eventually(Effect.sync(host.leases), ({ length }) => length === 2)
        yield* host.end("room-one")
        yield* eventually(Effect.sync(newest), (told) => told?.status === WorkerStatus.WS_AVAILABLE)
      }),
    ),
  )

  it.scopedLive("a place that was promised and never taken up is free again", () =>
    before((world) =>
      Effect.gen(function* () {
        yield* isThere(world)
        assert.isTrue(yield* offered(world, "one"))
        assert.strictEqual(world.slots.used(), 1)
        yield* eventually(Effect.sync(world.slots.used), (used) => used === 0)
      }),
    ),
  )

  it.scopedLive("a job that comes after its place was given away fails", () =>
    before(
      (world) =>
        Effect.gen(function* () {
          yield* isThere(world)
          yield* world.slots.tryTake
          yield* world.server.assign("late")
          yield* eventually(
            Effect.sync(() => statuses(world, "late")),
            ({ length }) => length === 1,
          )
          assert.deepStrictEqual(statuses(world, "late"), ["JS_FAILED"])
        }).pipe(Effect.scoped),
      { total: 1 },
    ),
  )

  it.scopedLive("a termination ends the conversation only where its dispatch is gone", () => {
    const left = { id: "AD_left", room: "room-left", agentName: "parley", metadata: "", createdAt: Option.none() }
    return before(
      (world) =>
        Effect.gen(function* () {
          const { host, server } = world
          yield* isThere(world)
          for (const id of ["left", "deleted"]) {
            yield* offered(world, id)
            yield* server.assign(id)
          }
          yield* eventually(Effect.sync(host.leases), ({ length }) => length === 2)
          yield* server.terminate("nobody's")
          yield* server.terminate("left")
          yield* server.terminate("deleted")
          yield* eventually(
            Effect.sync(() => statuses(world, "deleted")),
            ({ length }) => length === 2,
          )
          assert.deepStrictEqual(host.interrupted(), ["room-deleted"])
          assert.deepStrictEqual(statuses(world, "left"), ["JS_RUNNING"])
        }),
      { dispatches: [left] },
    )
  })
})

describe("a server that is not as it should be", () => {
  it.scopedLive("what cannot be understood is passed over", () =>
    before((world) =>
      Effect.gen(function* () {
        const { server } = world
        yield* isThere(world)
        yield* server.sendAll("words")
        yield* server.sendAll(new Uint8Array([255, 255, 255, 255, 1]))
        yield* server.sendAll(new Uint8Array())
        // A message of a kind that there is not yet: field 15, two bytes.
        yield* server.sendAll(new Uint8Array([(15 << 3) | 2, 2, 1, 2]))
        // An offer without a job.
        yield* server.sendAll(new Uint8Array([(2 << 3) | 2, 0]))
        assert.isTrue(yield* offered(world, "one"))
        assert.strictEqual(server.heard.register().length, 1)
      }),
    ),
  )

  it.scopedLive("one that falls silent is left for a new connection, and what lives is not touched", () =>
    before((world) =>
      Effect.gen(function* () {
        const { host, server } = world
        yield* isThere(world)
        yield* offered(world, "one")
        yield* server.assign("one")
        yield* eventually(Effect.sync(host.leases), ({ length }) => length === 1)
        server.manners.pongs = false
        yield* count(() => server.heard.register().length)(2)
        server.manners.pongs = true
        yield* eventually(Effect.sync(server.open), (open) => open === 1)
        assert.deepStrictEqual(host.interrupted(), [])
        assert.strictEqual(host.leases().length, 1)
      }),
    ),
  )

  it.scopedLive("one that never answers the registration is asked anew", () =>
    before((world) =>
      Effect.gen(function* () {
        world.server.manners.registers = false
        yield* count(() => world.server.heard.register().length)(2)
        assert.strictEqual(world.server.heard.updateWorker().length, 0)
        world.server.manners.registers = true
        yield* isThere(world)
      }),
    ),
  )
})

const listening = (accept: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.async<ReturnType<typeof createServer>>((resume) => {
      const server = createServer(accept)
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => void server.close()),
  ).pipe(
    Effect.map((server) => {
      const address = server.address()
      return new URL(`ws://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`)
    }),
  )

describe("WorkerSocket", () => {
  it.scopedLive("a server that takes connections and says nothing is given up", () =>
    Effect.gen(function* () {
      const url = yield* listening((socket) => void socket.on("error", () => {}).pause())
      const error = yield* Effect.flip(WorkerSocket.open(grantOf(url), hasty))
      assert.include(error, { _tag: "WorkerSocketLost", reason: "open" })
    }),
  )

  it.scopedLive("a server that refuses, or is not there, is told apart from one that was lost", () =>
    Effect.gen(function* () {
      const server = yield* FakeAgentServer.make
      const refused = yield* Effect.flip(WorkerSocket.open(grantOf(new URL("/elsewhere", server.url)), hasty))
      assert.strictEqual(refused.reason, "open")
      const nobody = yield* Effect.flip(WorkerSocket.open(grantOf(new URL("ws://127.0.0.1:9")), hasty))
      assert.strictEqual(nobody.reason, "open")
    }),
  )

  it.scopedLive("a server that does not read is lost before much waits for it", () =>
    Effect.gen(function* () {
      const server = yield* FakeAgentServer.make
      const socket = yield* WorkerSocket.open(grantOf(server.url), { ...hasty, outgoingBytesMax: 1_000 })
      // More at once than any socket takes.
      for (let sent = 0; sent < 64; sent += 1) socket.send(new Uint8Array(1_000_000))
      const error = yield* Effect.flip(socket.lost)
      assert.strictEqual(error.reason, "backlog")
    }),
  )
})
