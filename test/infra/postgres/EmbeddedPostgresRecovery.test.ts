import { Command, FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Option, Schedule, Stream } from "effect"
import { EmbeddedPostgres, layer } from "../../../src/infra/postgres/EmbeddedPostgres.ts"
import * as FreePort from "../../../src/infra/postgres/embedded/FreePort.ts"
import * as Postmaster from "../../../src/infra/postgres/embedded/Postmaster.ts"
import * as ServerBinaries from "../../../src/infra/postgres/embedded/ServerBinaries.ts"
import * as ServerUser from "../../../src/infra/postgres/embedded/ServerUser.ts"
import { run } from "../../../src/infra/postgres/embedded/Subprocess.ts"
import { temporaryDirectory } from "../../support/Database.ts"

const progress = () => Effect.void
/** Starts and stops a server, and answers its process id and data directory. */
const once = (dataDir: string) =>
  Effect.gen(function* () {
    const server = yield* EmbeddedPostgres
    return { pid: yield* Effect.flatten(server.pid), dataDir: server.dataDir }
  }).pipe(Effect.provide(layer({ dataDir, progress })))
const refused = (dataDir: string) =>
  Effect.flip(Effect.scoped(Layer.build(layer({ dataDir, progress })))).pipe(
    Effect.map((error) => ({ reason: error.reason._tag, message: error.message })),
  )

const scenario = <A, E>(name: string, test: (dataDir: string) => Effect.Effect<A, E, BunContext.BunContext>) =>
  it.live(name, () => Effect.flatMap(temporaryDirectory, test).pipe(Effect.scoped, Effect.provide(BunContext.layer)))

scenario("a second process on the same directory is told who holds it; killing that one ends its server", (dir) =>
  Effect.gen(function* () {
    const holder = yield* Command.start(Command.make(process.execPath, "test/support/HoldServer.ts", dir))
    yield* holder.stdout.pipe(
      Stream.decodeText(),
      Stream.splitLines,
      Stream.filter((line) => line === "ready"),
      Stream.runHead,
    )
    const { message, reason } = yield* refused(dir)
    assert.strictEqual(reason, "InUse")
    assert.include(message, `${dir}/postgres is in use by process ${holder.pid}`)

    assert.isTrue(Option.isSome(yield* Postmaster.find(`${dir}/postgres/data`)))
    yield* holder.kill("SIGKILL")
    yield* Postmaster.find(`${dir}/postgres/data`).pipe(
      Effect.repeat({ schedule: Schedule.spaced("10 millis"), until: Option.isNone }),
      Effect.timeout("3 seconds"),
    )
    yield* once(dir)
  }).pipe(Effect.scoped),
)

scenario("in one process, too, the directory is held once, and free again afterwards", (dir) =>
  Effect.gen(function* () {
    const inner = Effect.zipRight(EmbeddedPostgres, refused(dir))
    assert.strictEqual((yield* Effect.provide(inner, layer({ dataDir: dir, progress }))).reason, "InUse")
    yield* once(dir)
  }),
)

scenario("a process id that was left behind does not matter, not even when it is somebody else's now", (dir) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dataDir, pid } = yield* once(dir)
    const file = `${dataDir}/postmaster.pid`
    for (const stale of [pid, process.pid]) {
      yield* fs.writeFileString(file, `${stale}\n${dataDir}\n1\n5432\n\n127.0.0.1\n  1 1\nready   \n`)
      yield* once(dir)
      assert.isFalse(yield* fs.exists(file))
    }
  }),
)

scenario("a server that nobody watches over any more is ended first", (dir) =>
  Effect.gen(function* () {
    const { dataDir } = yield* once(dir)
    const home = `${dir}/postgres`
    const runAs = yield* ServerUser.choose([dataDir])
    const port = yield* FreePort.find
    const { program } = yield* ServerBinaries.resolve({ home, runAs, progress })
    const started = yield* run(
      program("pg_ctl"),
      ["start", "-D", dataDir, "-w", "-o", `-p ${port} -h 127.0.0.1 -k ''`, "-l", "/dev/null"],
      {
        runAs,
        cwd: home,
      },
    ).pipe(Effect.timeoutOption("5 seconds"))
    const orphan = yield* Postmaster.find(dataDir)
    assert.isTrue(Option.isSome(orphan), JSON.stringify(started))
    const next = yield* once(dir)
    assert.notDeepEqual(Option.some(next.pid), orphan)
    assert.deepStrictEqual(yield* Postmaster.find(dataDir), Option.none())
  }),
)

scenario("a directory of another version, or half a database, is left alone and named", (dir) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dataDir } = yield* once(dir)
    yield* fs.writeFileString(`${dataDir}/PG_VERSION`, "17\n")
    const version = yield* refused(dir)
    assert.strictEqual(version.reason, "WrongVersion")
    assert.include(version.message, `${dataDir} was written by PostgreSQL 17, this is 18`)

    yield* fs.writeFileString(`${dataDir}/PG_VERSION`, "18\n")
    yield* fs.rename(`${dataDir}/global/pg_control`, `${dataDir}/pg_control.away`)
    const half = yield* refused(dir)
    assert.strictEqual(half.reason, "Damaged")
    assert.include(half.message, dataDir)

    yield* fs.rename(`${dataDir}/pg_control.away`, `${dataDir}/global/pg_control`)
    yield* fs.remove(`${dataDir}/PG_VERSION`)
    assert.strictEqual((yield* refused(dir)).reason, "Damaged")
  }),
)

scenario("a place that cannot be written to is named", (dir) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(`${dir}/file`, "")
    const { message, reason } = yield* refused(`${dir}/file`)
    assert.strictEqual(reason, "Unwritable")
    assert.include(message, `${dir}/file/postgres`)
  }),
)

scenario("a copy of the programs works like the package", (dir) =>
  Effect.gen(function* () {
    const runAs = yield* ServerUser.choose([dir])
    const packageDir = yield* ServerBinaries.packageDirectory
    const options = { home: dir, runAs, progress }
    const copy = yield* ServerBinaries.copyInto(packageDir, options)
    assert.strictEqual(yield* ServerBinaries.copyInto(packageDir, options), copy)
    const fs = yield* FileSystem.FileSystem
    const names = yield* fs.readDirectory(`${copy}/native/lib`)
    const targets = yield* Effect.forEach(names, (name) =>
      fs.readLink(`${copy}/native/lib/${name}`).pipe(Effect.orElseSucceed(() => "")),
    )
    assert.deepStrictEqual(
      targets.filter((target) => target.includes("/")),
      [],
    )
    const { binaries, output, works } = yield* ServerBinaries.probe(copy, runAs, dir)
    assert.isTrue(works, output)
    assert.strictEqual(binaries.majorVersion, "18")
  }),
)
