import { dispatchQueueContract } from "../../contract/DispatchQueue.ts"
import { fresh, serverLayer } from "../../support/RedisQueue.ts"
import { describeRedis } from "../../support/RedisServer.ts"

describeRedis("a Redis", () => dispatchQueueContract({ name: "Redis", server: serverLayer(), fresh }))

describeRedis("a Redis Cluster", () =>
  dispatchQueueContract({
    name: "Redis Cluster",
    server: serverLayer({ cluster: true }),
    fresh: (options) => fresh(options, true),
  }),
)
