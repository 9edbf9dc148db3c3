import { hostname } from "node:os"
import { Config, Effect, Layer } from "effect"
import { ConversationSettings } from "../agent/conversation/ConversationSettings.ts"
import * as LiveKitAssistantRoom from "../agent/transport/livekit/LiveKitAssistantRoom.ts"
import * as DoorsWorker from "../agent/worker/DoorsWorker.ts"
import * as FifoSlots from "../agent/worker/FifoSlots.ts"
import * as LeasedHost from "../agent/worker/LeasedHost.ts"
import * as DroppedDispatches from "../agent/worker/livekit/DroppedDispatches.ts"
import * as LiveKitDoor from "../agent/worker/livekit/LiveKitDoor.ts"
import * as QueueDoor from "../agent/worker/QueueDoor.ts"
import type { WorkerPolicy } from "../agent/worker/DoorsWorker.ts"
import { WorkerId } from "../domain/store/DispatchJob.ts"
import * as Stack from "./stack.ts"
import { version } from "./Version.ts"

/** How many conversations a process holds at most. */
export const slotsConfig = Config.integer("PARLEY_SLOTS").pipe(
  Config.withDefault(20),
  Config.validate({ message: "must be 1 to 1000", validation: (slots) => slots >= 1 && slots <= 1_000 }),
)
/** Under which LiveKit knows our assistants. */
export const agentNameConfig = Config.nonEmptyString("PARLEY_AGENT_NAME").pipe(
  Config.withDefault(LiveKitDoor.agentNameDefault),
)
/** Which of several installations on one LiveKit server this is. */
const namespaceConfig = Config.string("PARLEY_AGENT_NAMESPACE").pipe(Config.withDefault(""))
/** How the LiveKit SDK is driven: by our client of its native side, or as it comes. */
const sdkConfig = Config.literal("keyed", "plain")("PARLEY_LIVEKIT_SDK").pipe(Config.withDefault("keyed" as const))

/** Of this process among all. */
export const workerId = Effect.sync(() => WorkerId.make(`${hostname().slice(0, 60)}-${process.pid}`))

const rooms = Layer.unwrapEffect(Effect.map(sdkConfig, (sdk) => LiveKitAssistantRoom.layer({ sdk })))

const doors = (worker: WorkerId, policy: Partial<WorkerPolicy>) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { assistantName } = yield* ConversationSettings
      const agentName = yield* agentNameConfig
      const registration = { agentName, namespace: yield* namespaceConfig, version }
      return DoorsWorker.layer(
        [yield* QueueDoor.make(worker), yield* LiveKitDoor.make({ worker, registration, assistantName })],
        policy,
      )
    }),
  )

/** Assistants who hold conversations in rooms of the media server, as many as there are slots. */
export const worker = (id: WorkerId, policy: Partial<WorkerPolicy> = {}) =>
  doors(id, policy).pipe(
    Layer.provide(LeasedHost.layer()),
    Layer.provide([
      Layer.unwrapEffect(Effect.map(slotsConfig, (total) => FifoSlots.layer({ total }))),
      rooms,
      Stack.conversation(),
    ]),
  )

/** Finds what LiveKit's own dispatch has dropped; one process of an installation is enough, several do no harm. */
export const watcher = Layer.scopedDiscard(
  Effect.gen(function* () {
    const { run } = yield* DroppedDispatches.make({ agentName: yield* agentNameConfig })
    yield* Effect.forkScoped(run)
  }),
)
