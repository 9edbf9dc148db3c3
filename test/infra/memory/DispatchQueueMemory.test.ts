import { Layer, TestClock, TestContext } from "effect"
import * as DispatchQueueMemory from "../../../src/infra/memory/DispatchQueueMemory.ts"
import { dispatchQueueContract, type QueueContract } from "../../contract/DispatchQueue.ts"
import { dispatchQueueModel } from "../../contract/DispatchQueueModel.ts"
import { QueueTime } from "../../support/QueueTime.ts"

const memory: QueueContract<never> = {
  name: "memory",
  server: Layer.empty,
  fresh: (options) =>
    Layer.merge(
      DispatchQueueMemory.layer(options),
      Layer.succeed(QueueTime, { pass: (millis) => TestClock.adjust(millis) }),
    ).pipe(Layer.provideMerge(TestContext.TestContext)),
}

dispatchQueueContract(memory)
dispatchQueueModel(memory)
