import { Config, Duration, Effect, Fiber, Layer, Option } from "effect"
import * as Supervised from "../agent/worker/processes/Supervised.ts"
import { Worker } from "../agent/worker/Worker.ts"
import { WorkerId } from "../domain/store/DispatchJob.ts"
import * as LiveKitMediaServer from "../infra/livekit/LiveKitMediaServer.ts"
import * as Assistants from "./Assistants.ts"
import * as DispatchStore from "./DispatchStore.ts"
import * as Progress from "./Progress.ts"
import { required } from "./Required.ts"
import * as Signals from "./Signals.ts"
import * as Stack from "./stack.ts"

export interface AgentOptions {
  readonly dataFolder: string
  /** As which it claims; told by the supervisor to the processes that it starts. */
  readonly worker: Option.Option<string>
}

/** A worker is of use only with others: what is shared must be configured. */
export const settingsRequired = ["LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "REDIS_URL", "DATABASE_URL"]

/** How long conversations may go on once the process was told to end. */
export const drainConfig = Config.all({
  drainWithin: Config.map(Config.integer("PARLEY_DRAIN_SECONDS").pipe(Config.withDefault(600)), Duration.seconds),
})

const everything = (worker: WorkerId, dataFolder: string) =>
  Layer.unwrapEffect(Effect.map(drainConfig, (policy) => Assistants.worker(worker, policy))).pipe(
    Layer.provideMerge(Assistants.watcher),
    Layer.provide([
      Stack.settings(),
      Stack.speech(dataFolder),
      Stack.languageModel,
      Stack.objects(dataFolder),
      Stack.hooks.pipe(Layer.provideMerge(Stack.storage(dataFolder))),
      DispatchStore.shared,
      LiveKitMediaServer.layerConfig,
    ]),
  )

/** Asked to end, it drains; asked again, it ends at once. */
const serve = Effect.gen(function* () {
  const worker = yield* Worker
  yield* Supervised.follow()
  const { total } = yield* worker.status
  yield* Effect.logInfo(`ready for ${total} conversations`)
  const running = yield* Effect.fork(worker.run)
  yield* Signals.untilAskedToEnd(Fiber.join(running), {
    first: Effect.asVoid(worker.drain()),
    again: worker.force,
  })
})

/** Until it was drained. */
export const run = Effect.fn("agent.run")(function* ({ dataFolder, worker }: AgentOptions) {
  yield* required(settingsRequired)
  const id = yield* Option.match(worker, {
    onNone: () => Assistants.workerId,
    onSome: (name) => Effect.succeed(WorkerId.make(name)),
  })
  yield* serve.pipe(
    Effect.scoped,
    Effect.provide(everything(id, dataFolder)),
    Progress.explained("starting"),
    Effect.annotateLogs({ worker: id }),
  )
})
