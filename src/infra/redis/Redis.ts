import { Config, Context, Effect, Layer, type Redacted, Schema, type Scope } from "effect"
import { open, ready, type RedisConnection } from "./RedisConnection.ts"
import { evaluate, type Script } from "./Script.ts"

/** Redis did not answer in time, or refused. Nothing is known of whether the command took effect. */
export class RedisUnavailable extends Schema.TaggedError<RedisUnavailable>()("RedisUnavailable", {
  detail: Schema.String,
}) {
  override get message(): string {
    return this.detail
  }
}

/**
 * One connection, shared by everything in a process that uses Redis, and one more for each subscription. While Redis is away
 * calls fail at once; it comes back by itself.
 */
export class Redis extends Context.Tag("parley/infra/redis/Redis")<
  Redis,
  {
    readonly call: <A>(send: (connection: RedisConnection) => Promise<A>) => Effect.Effect<A, RedisUnavailable>
    /** All keys must have the same hash tag. */
    readonly run: (
      script: Script,
      keys: ReadonlyArray<string>,
      args: ReadonlyArray<string>,
    ) => Effect.Effect<unknown, RedisUnavailable>
    /** `heard` at each message, and once more whenever messages may have been missed; until the scope closes. */
    readonly subscribe: (channel: string, heard: () => void) => Effect.Effect<void, never, Scope.Scope>
  }
>() {}

export interface RedisOptions {
  /** `redis://` or, over TLS, `rediss://`; name, password and (not in a cluster) database number may be in it. */
  readonly url: Redacted.Redacted
  /** The server is one of a Redis Cluster. */
  readonly cluster?: boolean
  /** Longest wait for the answer to one command, in milliseconds. */
  readonly callMillisMax?: number
}

export const callMillisMaxDefault = 1_000
/** How long the layer waits for the first connection; without it, it goes on and calls fail until there is one. */
const firstConnection = "2 seconds"

const unavailable = (error: unknown) =>
  new RedisUnavailable({ detail: error instanceof Error ? error.message : String(error) })

const make = Effect.fnUntraced(function* (options: RedisOptions) {
  const { callMillisMax = callMillisMaxDefault, cluster = false, url } = options
  const connectionOptions = { url, cluster, callMillisMax }
  const connection = yield* open(connectionOptions)

  const call = <A>(send: (connection: RedisConnection) => Promise<A>) =>
    Effect.tryPromise({ try: () => send(connection), catch: unavailable }).pipe(
      Effect.timeoutFail({
        duration: callMillisMax,
        onTimeout: () => new RedisUnavailable({ detail: `no answer within ${callMillisMax} ms` }),
      }),
    )

  const subscribe = Effect.fn("Redis.subscribe")(function* (channel: string, heard: () => void) {
    const subscriber = yield* open(connectionOptions)
    const begin = () => {
      // A failure is told by the connection, which then connects again and comes here again.
      subscriber.subscribe(channel).then(heard, () => undefined)
    }
    subscriber.on("message", heard)
    subscriber.on("ready", begin)
    if (subscriber.status === "ready") begin()
  })

  yield* ready(connection).pipe(
    Effect.timeoutTo({
      duration: firstConnection,
      onTimeout: () => Effect.logWarning("Redis is not there yet; going on without it"),
      onSuccess: () => Effect.void,
    }),
    Effect.flatten,
  )
  return Redis.of({
    call,
    run: (script, keys, args) => call((connection) => evaluate(connection, script, keys, args)),
    subscribe,
  })
})

export const layer = (options: RedisOptions): Layer.Layer<Redis> => Layer.scoped(Redis, make(options))

/** REDIS_URL, and REDIS_CLUSTER=true where the server is one of a Redis Cluster. */
export const layerConfig = Layer.unwrapEffect(
  Config.all({
    url: Config.redacted("REDIS_URL"),
    cluster: Config.boolean("REDIS_CLUSTER").pipe(Config.withDefault(false)),
  }).pipe(Effect.map(layer)),
)
