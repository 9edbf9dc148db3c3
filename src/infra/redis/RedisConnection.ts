import { Cluster, Redis as Single } from "ioredis"
import { Effect, Redacted, Runtime, type Scope } from "effect"

/** Either kind answers the same commands. */
export type RedisConnection = Single | Cluster

export interface RedisConnectionOptions {
  /** `redis://` or, over TLS, `rediss://`; name, password and (not in a cluster) database number may be in it. */
  readonly url: Redacted.Redacted
  /** The server is one of a Redis Cluster; the others are found through it. */
  readonly cluster: boolean
  /** Longest wait for the answer to one command, in milliseconds. */
  readonly callMillisMax: number
}

/** Pauses between attempts to connect grow to this. */
const reconnectMillisMax = 500

const retryStrategy = (attempt: number) => Math.min(25 * 2 ** Math.min(attempt, 10), reconnectMillisMax)

/** What is not answered when a connection breaks fails at once: only the caller knows whether it may be repeated. */
const common = ({ callMillisMax }: RedisConnectionOptions) => ({
  connectTimeout: callMillisMax,
  // Without it a server that went silent is noticed by the kernel after minutes.
  socketTimeout: 2 * callMillisMax,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  // What was the master has become a replica.
  reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
})

const credentials = (url: URL) => ({
  ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
  ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
  ...(url.protocol === "rediss:" ? { tls: { servername: url.hostname } } : {}),
})

const connect = (options: RedisConnectionOptions): RedisConnection => {
  const url = new URL(Redacted.value(options.url))
  const place = { host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? 6_379 : Number(url.port) }
  if (!options.cluster) {
    const db = Number(url.pathname.slice(1))
    return new Single({
      ...common(options),
      ...credentials(url),
      ...place,
      db,
      retryStrategy,
      enableOfflineQueue: false,
    })
  }
  return new Cluster([place], {
    redisOptions: { ...common(options), ...credentials(url) },
    clusterRetryStrategy: retryStrategy,
    clusterNodeRetryStrategy: retryStrategy,
    enableOfflineQueue: false,
    // A name on a certificate is lost when it is resolved first.
    ...(url.protocol === "rediss:" ? { dnsLookup: (address, use) => use(null, address) } : {}),
  })
}

/** Connects in the background and again whenever the connection breaks; closed with the scope. An outage is logged once. */
export const open = (options: RedisConnectionOptions): Effect.Effect<RedisConnection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const log = Runtime.runFork(yield* Effect.runtime<never>())
    let isAway = false
    let isClosed = false
    const connection = yield* Effect.acquireRelease(
      Effect.sync(() => connect(options)),
      (connection) =>
        Effect.sync(() => {
          isClosed = true
          connection.disconnect()
        }),
    )
    connection.on("error", (error: Error) => {
      if (!isAway && !isClosed) log(Effect.logWarning("Redis does not answer", error.message))
      isAway = true
    })
    connection.on("ready", () => {
      if (isAway && !isClosed) log(Effect.logInfo("Redis answers again"))
      isAway = false
    })
    return connection
  })

/** Returns at the next moment, or now, when commands can be sent. */
export const ready = (connection: RedisConnection): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    if (connection.status === "ready") return resume(Effect.void)
    const listener = () => resume(Effect.void)
    connection.once("ready", listener)
    return Effect.sync(() => void connection.off("ready", listener))
  })
