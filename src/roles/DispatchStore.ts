import { Config, Effect, Layer, Option } from "effect"
import * as DispatchQueueMemory from "../infra/memory/DispatchQueueMemory.ts"
import * as DispatchQueueRedis from "../infra/redis/DispatchQueueRedis.ts"
import * as Redis from "../infra/redis/Redis.ts"

export const shared = DispatchQueueRedis.layerConfig.pipe(Layer.provide(Redis.layerConfig))

/** Conversations wait in Redis, where that is configured, so that several processes share them; else in this process. */
export const layer = Layer.unwrapEffect(
  Effect.map(Config.option(Config.redacted("REDIS_URL")), (url) =>
    Option.isSome(url) ? shared : DispatchQueueMemory.layerConfig,
  ),
)
