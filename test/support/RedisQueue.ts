import { Context, Effect, Layer, Random } from "effect"
import * as DispatchQueueRedis from "../../src/infra/redis/DispatchQueueRedis.ts"
import * as Redis from "../../src/infra/redis/Redis.ts"
import type { DispatchOptions } from "../../src/infra/dispatch/DispatchOptions.ts"
import { QueueTime } from "./QueueTime.ts"
import { makeRedisServer, type RedisServer } from "./RedisServer.ts"

export class Server extends Context.Tag("parley/test/support/RedisQueue/Server")<Server, RedisServer>() {}

export const serverLayer = (options: { readonly cluster?: boolean } = {}) =>
  Layer.scoped(Server, makeRedisServer(options))

/** Makes everything that is pending as much older, as the queue's scripts see it. */
const ageAll = `
local millis = tonumber(ARGV[1])
for _, name in ipairs({ 'high', 'normal', 'low', 'adopted' }) do
  local key = '{parley:dispatch}:' .. name
  if redis.call('EXISTS', key) == 1 then
    for _, one in ipairs(redis.call('XPENDING', key, 'workers', '-', '+', 10000)) do
      redis.call('XCLAIM', key, 'workers', one[2], '0', one[1], 'IDLE', one[3] + millis, 'JUSTID')
    end
  end
end
local jobs = '{parley:dispatch}:jobs'
local lines = redis.call('HGETALL', jobs)
for index = 1, #lines, 2 do
  local before, since, after = string.match(lines[index + 1], '^(%S+ %S+ %S+ %S+ )(%S+)( .*)$')
  redis.call('HSET', jobs, lines[index], before .. string.format('%.0f', since - millis) .. after)
end
return 1`

const time = Layer.scoped(
  QueueTime,
  Effect.gen(function* () {
    const connection = yield* (yield* Server).connect
    return {
      pass: (millis) =>
        Effect.asVoid(Effect.promise(() => connection.eval(ageAll, 1, "{parley:dispatch}:jobs", millis))),
    }
  }),
)

/** What one process has of the queue. */
export const queue = (options: Partial<DispatchOptions> = {}, cluster = false, callMillisMax = 1_000) =>
  DispatchQueueRedis.layer(options).pipe(
    Layer.provide(Layer.unwrapEffect(Effect.map(Server, ({ url }) => Redis.layer({ url, cluster, callMillisMax })))),
    Layer.fresh,
  )

export const empty = Effect.gen(function* () {
  const connection = yield* (yield* Server).connect
  yield* Effect.promise(() => connection.flushall())
}).pipe(Effect.scoped)

/** An empty queue, and its time. */
export const fresh = (options: Partial<DispatchOptions>, cluster = false) =>
  Layer.merge(queue(options, cluster), time).pipe(Layer.provideMerge(Layer.effectDiscard(empty)))

/** Between two things that others may come in between. */
export const anyMoment = Effect.flatMap(Random.nextIntBetween(0, 5), (millis) => Effect.sleep(millis))
