import { Redis } from "ioredis"
import { Clock, Effect, Redacted, Schedule, type Scope } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "vitest"

const program = "redis-server"
const host = "127.0.0.1"
/** Between two tries whether it answers, and how often in all. */
const triesEvery = "20 millis"
const triesMax = 500

/** Also where time is the test's. */
const realTime = Clock.make()

const isThere = Bun.which(program) !== null

/** `describe` for what needs the server. Where there is none the suite is skipped, which is said; under `CI=true` it fails instead. */
export const describeRedis = (name: string, tests: () => void) => {
  if (isThere || Bun.env["CI"] === "true") return describe(name, tests)
  console.warn(`SKIPPED for want of ${program} on the PATH (bun run services): ${name}`)
  return describe.skip(name, tests)
}

/** A Redis of our own. Its port and what was acknowledged stay over a restart. */
export interface RedisServer {
  readonly url: Redacted.Redacted
  /** Returns once it is gone, without a chance to write anything. */
  readonly kill: Effect.Effect<void>
  /** Stops it where it is: connections stay open, and nothing is answered. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
  /** Starts it again after `kill`; returns once it is ready. */
  readonly start: Effect.Effect<void>
  /** A connection for what only a test does; closed with the scope. */
  readonly connect: Effect.Effect<Redis, never, Scope.Scope>
}

const freePort = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, host, () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

const launch = (port: number, folder: string, isCluster: boolean) => {
  if (!isThere) throw new Error(`These tests need ${program} on the PATH: bun run services`)
  const always = { port, bind: host, dir: folder, save: "", appendonly: "yes" }
  // A cluster of one never learns its own address from others.
  const settings = isCluster ? { ...always, "cluster-enabled": "yes", "cluster-announce-ip": host } : always
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  return Bun.spawn([program, ...flags], { stdin: "ignore", stdout: "ignore", stderr: "ignore" })
}

const connectTo = (port: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const connection = new Redis({ host, port })
      connection.on("error", () => undefined)
      return connection
    }),
    (connection) => Effect.sync(() => connection.disconnect()),
  )

const answers = (port: number) =>
  Effect.flatMap(connectTo(port), (connection) => Effect.tryPromise(() => connection.ping())).pipe(
    Effect.scoped,
    Effect.retry(Schedule.spaced(triesEvery).pipe(Schedule.intersect(Schedule.recurs(triesMax)))),
    Effect.orDie,
    Effect.asVoid,
    Effect.withClock(realTime),
  )

/** Ready when made, and gone with the scope. In cluster mode it is a cluster of one. */
export const makeRedisServer = (
  options: { readonly cluster?: boolean } = {},
): Effect.Effect<RedisServer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { cluster = false } = options
    const port = yield* freePort
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "parley-redis-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
    )
    let child = yield* Effect.sync(() => launch(port, folder, cluster))
    const kill = Effect.promise(() => (child.kill("SIGKILL"), child.exited))
    yield* Effect.addFinalizer(() => kill)
    yield* answers(port)
    if (cluster) {
      const connection = yield* connectTo(port)
      yield* Effect.promise(() => connection.cluster("ADDSLOTSRANGE", 0, 16_383))
      yield* Effect.promise(() => connection.cluster("INFO")).pipe(
        Effect.repeat({
          until: (info) => String(info).includes("cluster_state:ok"),
          schedule: Schedule.spaced(triesEvery),
        }),
        Effect.withClock(realTime),
      )
    }
    return {
      url: Redacted.make(`redis://${host}:${port}`),
      kill,
      freeze: Effect.sync(() => child.kill("SIGSTOP")),
      thaw: Effect.sync(() => child.kill("SIGCONT")),
      start: Effect.sync(() => void (child = launch(port, folder, cluster))).pipe(Effect.zipRight(answers(port))),
      connect: connectTo(port),
    }
  })
