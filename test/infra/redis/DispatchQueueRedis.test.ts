import { dispatchQueueContract } from "../../contract/DispatchQueue.ts"
import { dispatchQueueModel } from "../../contract/DispatchQueueModel.ts"
import { fresh, serverLayer } from "../../support/RedisQueue.ts"
import { describeRedis } from "../../support/RedisServer.ts"

describeRedis("a Redis", () => {
  const redis = { name: "Redis", server: serverLayer(), fresh }
  dispatchQueueContract(redis)
  dispatchQueueModel(redis)
})

describeRedis("a Redis Cluster", () =>
  dispatchQueueContract({
    name: "Redis Cluster",
    server: serverLayer({ cluster: true }),
    fresh: (options) => fresh(options, true),
  }),
)
