import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { SqlClient } from "@effect/sql"
import { assert, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Option, Schedule } from "effect"
import { EmbeddedPostgres } from "../../../src/infra/postgres/EmbeddedPostgres.ts"
import * as Postgres from "../../../src/infra/postgres/Postgres.ts"
import { temporaryDirectory } from "../../support/Database.ts"

const stopMax = Duration.seconds(2)
const progress = () => Effect.void

/** Runs a program over a server on the directory, and stops the server. */
const withServer = <A, E>(
  dataDir: string,
  use: Effect.Effect<A, E, EmbeddedPostgres | SqlClient.SqlClient | FileSystem.FileSystem>,
) => Effect.provide(use, Postgres.layerEmbedded({ dataDir, progress }))

const isAlive = (pid: number) => Option.isSome(Option.liftThrowable(() => process.kill(pid, 0))())
const gone = (pid: number) =>
  Effect.sync(() => isAlive(pid)).pipe(
    Effect.repeat({ schedule: Schedule.spaced("10 millis"), while: (alive) => alive }),
    Effect.timeout(stopMax),
  )

const pidOf = Effect.flatMap(EmbeddedPostgres, ({ pid }) => Effect.flatten(pid))
const note = (text: string) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.zipRight(sql`CREATE TABLE IF NOT EXISTS notes (text text)`, sql`INSERT INTO notes VALUES (${text})`),
  )
const notes = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(sql<{ readonly text: string }>`SELECT text FROM notes`, (rows) => rows.map((row) => row.text)),
)

const scenario = <A, E>(
  name: string,
  test: (dataDir: string) => Effect.Effect<A, E, FileSystem.FileSystem | BunContext.BunContext>,
) => it.live(name, () => Effect.flatMap(temporaryDirectory, test).pipe(Effect.scoped, Effect.provide(BunContext.layer)))

scenario("what was stored is there at the next start; nobody but us can read the password; it stops in time", (dir) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const [first, dataDir] = yield* withServer(
      dir,
      Effect.zipRight(note("first"), Effect.all([pidOf, Effect.map(EmbeddedPostgres, (pg) => pg.dataDir)])),
    )
    assert.isFalse(isAlive(first))
    const { mode } = yield* fs.stat(`${dataDir}/parley.password`)
    assert.strictEqual(mode & 0o777, 0o600)

    const scope = Effect.scoped(Layer.build(Postgres.layerEmbedded({ dataDir: dir, progress })))
    const [startAndStop] = yield* Effect.timed(scope)
    assert.isBelow(Duration.toMillis(startAndStop), 2 * Duration.toMillis(stopMax))
    assert.deepStrictEqual(yield* withServer(dir, notes), ["first"])
  }),
)

scenario("a client that is in the middle of something does not hold up the stop", (dir) =>
  Effect.gen(function* () {
    const busy = Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* Effect.forkDaemon(Effect.exit(sql`SELECT pg_sleep(60)`))
      yield* sql`SELECT count(*) AS count FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND state = 'active'`.pipe(
        Effect.repeat({ schedule: Schedule.spaced("5 millis"), until: (rows) => Number(rows[0]?.["count"]) > 1 }),
      )
      return [yield* pidOf, performance.now()] as const
    })
    const [pid, from] = yield* withServer(dir, busy)
    assert.isBelow(performance.now() - from, Duration.toMillis(stopMax))
    assert.isFalse(isAlive(pid))
  }),
)

scenario("a server that is killed is started again on the same address, with its data", (dir) =>
  withServer(
    dir,
    Effect.gen(function* () {
      yield* note("kept")
      const pid = yield* pidOf
      process.kill(pid, "SIGKILL")
      yield* gone(pid)
      const found = yield* Effect.retry(notes, Schedule.spaced("50 millis").pipe(Schedule.upTo("10 seconds")))
      assert.deepStrictEqual(found, ["kept"])
      assert.notStrictEqual(yield* pidOf, pid)
    }),
  ),
)

scenario("as root, the server runs as somebody else; otherwise as ourselves", (dir) =>
  withServer(
    dir,
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      // The server itself refuses to run on files of another user than its own.
      const owner = Option.getOrThrow((yield* fs.stat((yield* EmbeddedPostgres).dataDir)).uid)
      const us = process.getuid?.()
      if (us === 0) assert.notStrictEqual(owner, 0)
      else assert.strictEqual(owner, us)
    }),
  ),
)

scenario("where root's server cannot reach, its files are kept elsewhere and linked", (dir) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const [closed, fallback] = [`${dir}/closed`, `${dir}/fallback`]
    yield* fs.makeDirectory(`${closed}/data`, { recursive: true })
    yield* fs.chmod(closed, 0o700)
    const server = Postgres.layerEmbedded({ dataDir: `${closed}/data`, progress, unreachableFallback: fallback })
    const dataDir = Effect.map(EmbeddedPostgres, (pg) => pg.dataDir)
    const first = yield* Effect.provide(Effect.zipRight(note("far"), dataDir), server)
    const expected = process.getuid?.() === 0 ? fallback : closed
    assert.isTrue(first.startsWith(yield* fs.realPath(expected)))
    assert.deepStrictEqual(yield* Effect.provide(notes, server), ["far"])
  }),
)

scenario("a first start that is cut off leaves no process, and the next one works", (dir) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const home = `${dir}/postgres`
    const fiber = yield* Effect.fork(withServer(dir, Effect.void))
    const files = fs.readDirectory(home).pipe(Effect.orElseSucceed(() => []))
    yield* Effect.repeat(files, {
      schedule: Schedule.spaced("5 millis"),
      until: (entries) => entries.some((entry) => /^data\.new-[^.]+$/.test(entry)),
    })
    yield* Fiber.interrupt(fiber).pipe(Effect.timeout(stopMax))
    yield* withServer(dir, note("after"))
    assert.sameMembers(yield* fs.readDirectory(home), ["data", "parley.lock"])
  }),
)
