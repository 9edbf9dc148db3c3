import { readdirSync, utimesSync, writeFileSync, mkdirSync } from "node:fs"
import { FileSystem } from "@effect/platform"
import { BunContext } from "@effect/platform-bun"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Schedule, Scope } from "effect"
import { ObjectStore } from "../../../src/domain/store/ObjectStore.ts"
import * as DiskObjectStore from "../../../src/infra/blob/DiskObjectStore.ts"
import { objectStoreContract } from "../../contract/ObjectStore.ts"
import * as MemoryObjectStore from "../../support/MemoryObjectStore.ts"

const newFolder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped()).pipe(
  Effect.provide(BunContext.layer),
)

const layerIn = (folder: string) => DiskObjectStore.layer({ folder }).pipe(Layer.provide(BunContext.layer))

objectStoreContract("a disk", Layer.unwrapScoped(Effect.map(newFolder, layerIn)))

// Tests of other parts use it.
objectStoreContract("memory", MemoryObjectStore.layer())

const files = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort()

describe("DiskObjectStore", () => {
  it.scopedLive("leaves no file and no folder of a write that was given up, nor of a removed object", () =>
    Effect.gen(function* () {
      const folder = yield* newFolder
      yield* Effect.gen(function* () {
        const store = yield* ObjectStore
        const scope = yield* Scope.make()
        const writer = yield* store.create("recordings", "one/1.flac", "audio/flac").pipe(Scope.extend(scope))
        yield* writer.write(new Uint8Array(10))
        assert.lengthOf(files(`${folder}/recordings/one`), 1)
        yield* Scope.close(scope, Exit.void)
        assert.deepStrictEqual(files(folder), ["recordings"])
        yield* Effect.scoped(
          Effect.flatMap(store.create("recordings", "one/1.flac", "audio/flac"), (writer) => writer.commit()),
        )
        assert.deepStrictEqual(files(`${folder}/recordings/one`), ["1.flac", "1.flac@type"])
        yield* store.remove("recordings", "one/1.flac")
        assert.deepStrictEqual(files(folder), ["recordings"])
      }).pipe(Effect.provide(layerIn(folder)))
    }),
  )

  it.scopedLive("removes what a process that died left a day ago, and nothing newer", () =>
    Effect.gen(function* () {
      const folder = yield* newFolder
      mkdirSync(`${folder}/recordings/one`, { recursive: true })
      const old = `${folder}/recordings/one/1.flac@unfinished-a`
      const day = 86_400_000
      for (const name of [old, `${folder}/recordings/one/2.flac@unfinished-b`, `${folder}/recordings/one/3.flac`]) {
        writeFileSync(name, "x")
      }
      const now = yield* Effect.clock
      for (const name of [old, `${folder}/recordings/one/3.flac`]) {
        utimesSync(
          name,
          (now.unsafeCurrentTimeMillis() - 2 * day) / 1_000,
          (now.unsafeCurrentTimeMillis() - 2 * day) / 1_000,
        )
      }
      yield* Effect.sync(() => files(`${folder}/recordings/one`)).pipe(
        Effect.filterOrFail((left) => left.length === 2),
        Effect.retry(Schedule.spaced("10 millis").pipe(Schedule.upTo("5 seconds"))),
        Effect.tap((left) => assert.deepStrictEqual(left, ["2.flac@unfinished-b", "3.flac"])),
        Effect.provide(layerIn(folder)),
      )
    }),
  )
})
