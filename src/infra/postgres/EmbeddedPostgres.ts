import { FileSystem, Path } from "@effect/platform"
import { Context, Deferred, Effect, Layer, type Option, type Redacted, Ref, Schedule } from "effect"
import * as Cluster from "./embedded/Cluster.ts"
import * as DataDirLock from "./embedded/DataDirLock.ts"
import { type EmbeddedPostgresError, fromPlatform } from "./embedded/EmbeddedPostgresError.ts"
import * as FreePort from "./embedded/FreePort.ts"
import * as Postmaster from "./embedded/Postmaster.ts"
import * as ServerBinaries from "./embedded/ServerBinaries.ts"
import * as ServerHome from "./embedded/ServerHome.ts"
import * as ServerProcess from "./embedded/ServerProcess.ts"
import * as ServerUser from "./embedded/ServerUser.ts"

/** A PostgreSQL server of our own, for as long as the layer lives. */
export class EmbeddedPostgres extends Context.Tag("parley/infra/postgres/EmbeddedPostgres")<
  EmbeddedPostgres,
  {
    /** Loopback, with the superuser's name and password in it. */
    readonly url: Redacted.Redacted
    /** Where the database's files are. */
    readonly dataDir: string
    /** The server's process id, unless it is just being restarted. */
    readonly pid: Effect.Effect<Option.Option<number>>
  }
>() {}

type Progress = (line: string) => Effect.Effect<void>

export interface EmbeddedPostgresOptions {
  /** The server's files go to `<dataDir>/postgres`. */
  readonly dataDir: string
  /** Told of steps that take longer than a moment, in words for a person. */
  readonly progress?: Progress
  /** Where root keeps the database when the server's user cannot reach `dataDir`. */
  readonly unreachableFallback?: string
}

/** A server that keeps dying is not started again and again: after this many times within `restartWindow` it stays down. */
const restartsMax = 5
const restartWindow = "1 minute"

/** A start that is not there by then is worth a word: the server reads its log again after a crash. */
const slowStart = "1 second"

const startRetries = Schedule.spaced("100 millis").pipe(Schedule.intersect(Schedule.recurs(50)))

const prepare = Effect.fnUntraced(function* (options: EmbeddedPostgresOptions) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const progress = options.progress ?? Effect.logInfo
  const asked = path.resolve(options.dataDir, "postgres")
  yield* fs.makeDirectory(asked, { recursive: true }).pipe(Effect.mapError(fromPlatform(asked)))
  const root = yield* fs.realPath(asked).pipe(Effect.mapError(fromPlatform(asked)))
  const lock = path.join(root, "parley.lock")
  yield* DataDirLock.acquire(lock, root)

  const runAs = yield* ServerUser.choose([path.join(root, "home", "data"), path.join(root, "data"), path.dirname(root)])
  yield* ServerUser.own(root, runAs)
  yield* ServerUser.own(lock, runAs)
  const fallback = options.unreachableFallback ?? ServerHome.unreachableFallback
  const home = yield* ServerHome.resolve({ root, fallback, runAs, progress })
  const binaries = yield* ServerBinaries.resolve({ home, runAs, progress })
  const cluster = yield* Cluster.ensure({ home, runAs, binaries, progress })
  return { launch: { home, runAs, binaries, cluster }, progress }
})

/** One life of the server: from clearing what an earlier one left to its unexpected end. */
const serve = (launch: ServerProcess.LaunchOptions, progress: Progress, ready: Effect.Effect<unknown>) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* Postmaster.clear(launch.cluster.dataDir)
      const server = yield* ServerProcess.launch(launch)
      yield* server.lines.take.pipe(
        Effect.flatMap((line) => Effect.logDebug(line)),
        Effect.annotateLogs({ program: "postgres" }),
        Effect.forever,
        Effect.forkScoped,
      )
      yield* Effect.raceFirst(
        server.ready,
        Effect.zipRight(Effect.delay(progress("waiting for the database to recover"), slowStart), Effect.never),
      )
      yield* ready
      yield* server.ended
      yield* Effect.logError("the embedded PostgreSQL server ended unexpectedly; starting it again")
    }),
  )

const passes = (error: EmbeddedPostgresError) => error.reason._tag === "PortTaken" || error.reason._tag === "StillInUse"

const restarts = Schedule.recurs(restartsMax).pipe(Schedule.resetAfter(restartWindow))

const make = Effect.fnUntraced(function* (options: EmbeddedPostgresOptions) {
  const { launch, progress } = yield* prepare(options)
  const { cluster } = launch
  const started = yield* Deferred.make<void, EmbeddedPostgresError>()
  const port = yield* Ref.make(yield* FreePort.find)

  // Clients keep their URL over a restart, so only a server that was never ready may move to another port.
  const otherPort = Effect.unlessEffect(
    Effect.flatMap(FreePort.find, (free) => Ref.set(port, free)),
    Deferred.isDone(started),
  )
  yield* Ref.get(port).pipe(
    Effect.flatMap((port) => serve({ ...launch, port }, progress, Deferred.succeed(started, undefined))),
    Effect.tapError((error) => (passes(error) ? otherPort : Effect.void)),
    Effect.retry({ schedule: startRetries, while: passes }),
    Effect.repeat(restarts),
    Effect.zipRight(Effect.logError("the embedded PostgreSQL server ended too often; it stays down")),
    Effect.catchAllCause((cause) =>
      Effect.unlessEffect(
        Effect.logError("the embedded PostgreSQL server stays down", cause),
        Deferred.failCause(started, cause),
      ),
    ),
    Effect.forkScoped,
  )
  yield* Deferred.await(started)
  return EmbeddedPostgres.of({
    url: ServerProcess.url(cluster, yield* Ref.get(port)),
    dataDir: cluster.dataDir,
    pid: Postmaster.find(cluster.dataDir),
  })
})

/**
 * Starts a PostgreSQL server on `<dataDir>/postgres`, initialising it when there is none yet, and stops it within 2 s when
 * the layer's scope closes, or when this process dies. A server that dies by itself is started again on the same port.
 * Everything that was committed is there again at the next start.
 */
export const layer = (
  options: EmbeddedPostgresOptions,
): Layer.Layer<EmbeddedPostgres, EmbeddedPostgresError, FileSystem.FileSystem | Path.Path> =>
  Layer.scoped(EmbeddedPostgres, make(options))
