import { FileSystem } from "@effect/platform"
import { BunContext, BunRuntime } from "@effect/platform-bun"
import { Config, Effect, Layer } from "effect"
import { ConversationSettings, defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import * as Runner from "../../../src/agent/conversation/Runner.ts"
import * as HookRegistry from "../../../src/agent/hooks/HookRegistry.ts"
import * as LiveKitAssistantRoom from "../../../src/agent/transport/livekit/LiveKitAssistantRoom.ts"
import * as DoorsWorker from "../../../src/agent/worker/DoorsWorker.ts"
import * as FifoSlots from "../../../src/agent/worker/FifoSlots.ts"
import * as LeasedHost from "../../../src/agent/worker/LeasedHost.ts"
import * as LiveKitDoor from "../../../src/agent/worker/livekit/LiveKitDoor.ts"
import * as QueueDoor from "../../../src/agent/worker/QueueDoor.ts"
import { Worker } from "../../../src/agent/worker/Worker.ts"
import { Toolbox } from "../../../src/domain/llm/Tool.ts"
import { WorkerId } from "../../../src/domain/store/DispatchJob.ts"
import * as LiveKitMediaServer from "../../../src/infra/livekit/LiveKitMediaServer.ts"
import * as DispatchQueueRedis from "../../../src/infra/redis/DispatchQueueRedis.ts"
import * as Redis from "../../../src/infra/redis/Redis.ts"
import * as RecognitionEngine from "../../../src/providers/embedded/RecognitionEngine.ts"
import * as Silero from "../../../src/providers/embedded/Silero.ts"
import * as AnyConversation from "./AnyConversation.ts"
import * as FrameMarks from "./FrameMarks.ts"
import * as MarkedProviders from "./MarkedProviders.ts"

/** More than any benchmark asks for: what is measured is not admission. */
const slotsTotal = 64

/** Endpointing waits for nothing, as the peers' does; the detector is the real one. */
const settings = Layer.succeed(ConversationSettings, {
  ...defaults,
  greeting: "",
  endpointing: { delayMillisMin: 0, delayMillisMax: 0, speculative: false },
})

const detector = Layer.unwrapScoped(
  Effect.map(
    Effect.flatMap(FileSystem.FileSystem, (files) => files.makeTempDirectoryScoped({ prefix: "parley-bench-" })),
    (cacheDir) => Silero.layer.pipe(Layer.provide(RecognitionEngine.layer({ cacheDir, paths: {} }))),
  ),
)

const engine = Runner.layer.pipe(
  Layer.provide([
    HookRegistry.layer,
    detector,
    MarkedProviders.layer,
    Layer.succeed(Toolbox, { open: Effect.succeed([]) }),
  ]),
)

const worker = WorkerId.make("bench")

const doors = Layer.unwrapEffect(
  Effect.gen(function* () {
    const isQueue = (yield* Config.string("BENCH_DOOR")) === "queue"
    const agentName = yield* Config.string("BENCH_AGENT")
    const door = isQueue
      ? yield* QueueDoor.make(worker)
      : yield* LiveKitDoor.make({
          worker,
          registration: { agentName, namespace: "", version: "bench" },
          assistantName: "bench",
        })
    return DoorsWorker.layer([door])
  }),
)

const everything = doors.pipe(
  Layer.provide(LeasedHost.layer()),
  Layer.provide(engine),
  Layer.provide([
    FifoSlots.layer({ total: slotsTotal }),
    FrameMarks.layer.pipe(Layer.provide(LiveKitAssistantRoom.layer())),
    DispatchQueueRedis.layerConfig.pipe(Layer.provide(Redis.layerConfig)),
    LiveKitMediaServer.layerConfig,
    AnyConversation.layer,
    MarkedProviders.layer,
    settings,
  ]),
)

Effect.flatMap(Worker, ({ run }) => run).pipe(
  Effect.provide(everything.pipe(Layer.provide(BunContext.layer))),
  BunRuntime.runMain,
)
