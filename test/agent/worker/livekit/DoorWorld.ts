import { Context, Effect, Layer } from "effect"
import { AgentDispatchClient, RoomServiceClient } from "livekit-server-sdk"
import { ConversationHost } from "../../../../src/agent/worker/ConversationHost.ts"
import * as FifoSlots from "../../../../src/agent/worker/FifoSlots.ts"
import type { DoorPolicy } from "../../../../src/agent/worker/livekit/DoorPolicy.ts"
import * as LiveKitDoor from "../../../../src/agent/worker/livekit/LiveKitDoor.ts"
import { Slots } from "../../../../src/agent/worker/Slots.ts"
import { MediaServer } from "../../../../src/domain/media/MediaServer.ts"
import { WorkerId } from "../../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../../src/domain/store/DispatchQueue.ts"
import * as LiveKitMediaServer from "../../../../src/infra/livekit/LiveKitMediaServer.ts"
import * as DispatchQueueMemory from "../../../../src/infra/memory/DispatchQueueMemory.ts"
import * as Repositories from "../../../../src/infra/postgres/Repositories.ts"
import { apiKey } from "../../../infra/livekit/LiveKitSamples.ts"
import { join } from "../../../infra/livekit/Joining.ts"
import * as Database from "../../../support/Database.ts"
import { type LiveKitServer, makeLiveKitServer } from "../../../support/LiveKitServer.ts"
import * as ScriptedHost from "./ScriptedHost.ts"

/** The server's own API, as somebody else uses it. */
export class LiveKitApi extends Context.Tag("test/LiveKitApi")<
  LiveKitApi,
  {
    readonly server: LiveKitServer
    readonly rooms: RoomServiceClient
    readonly dispatches: AgentDispatchClient
  }
>() {}

const media = Layer.unwrapScoped(
  Effect.map(makeLiveKitServer(), (server) => {
    const { httpUrl, key, secret } = server
    const url = new URL(server.url)
    return Layer.merge(
      Layer.orDie(LiveKitMediaServer.layer({ url, publicUrl: url, keys: [apiKey(key, secret)] })),
      Layer.succeed(LiveKitApi, {
        server,
        rooms: new RoomServiceClient(httpUrl, key, secret),
        dispatches: new AgentDispatchClient(httpUrl, key, secret),
      }),
    )
  }),
)

/** Real servers around the door: only what holds the conversations is scripted. */
export const layer = Layer.mergeAll(
  media,
  DispatchQueueMemory.layer({ waitingMax: 1_000 }),
  Repositories.layer.pipe(Layer.provide(Database.layer), Layer.orDie),
)

let names = 0
/** Every test has an agent and rooms of its own. */
export const fresh = (what: string) => Effect.sync(() => `${what}-${crypto.randomUUID().slice(0, 8)}-${(names += 1)}`)

export const makeWorker = Effect.fnUntraced(function* (options: {
  readonly agentName: string
  readonly total: number
  readonly policy?: Partial<DoorPolicy>
}) {
  const host = ScriptedHost.make(yield* DispatchQueue)
  const slots = FifoSlots.make({ total: options.total })
  const worker = WorkerId.make(yield* fresh("worker"))
  const door = yield* LiveKitDoor.make({
    worker,
    registration: { agentName: options.agentName, namespace: "", version: "0.0.0" },
    assistantName: "Parley",
    policy: options.policy ?? {},
  }).pipe(Effect.provideService(Slots, slots), Effect.provideService(ConversationHost, host.service))
  const fiber = yield* Effect.forkScoped(door.run)
  yield* door.registered.pipe(Effect.timeout("10 seconds"), Effect.orDie)
  return { host, slots, worker, door, fiber }
})

/** A person in a room. */
export const enter = Effect.fnUntraced(function* (room: string, identity = "ada") {
  const server = yield* MediaServer
  return yield* Effect.flatMap(server.personGrant({ room, identity, name: "Ada" }), join)
})

export const enterAsAgent = Effect.fnUntraced(function* (room: string, identity: string) {
  const server = yield* MediaServer
  return yield* Effect.flatMap(server.agentGrant({ room, identity, name: "Parley" }), join)
})

export const dispatch = Effect.fnUntraced(function* (room: string, agentName: string, metadata = "") {
  const { dispatches } = yield* LiveKitApi
  return yield* Effect.promise(() => dispatches.createDispatch(room, agentName, { metadata }))
})
