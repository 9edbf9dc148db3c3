import { randomUUID } from "node:crypto"
import { write } from "node:fs"
import { FileSystem } from "@effect/platform"
import { Effect, Ref, type Scope } from "effect"
import { ObjectStoreError, type ObjectWriter } from "../../domain/store/ObjectStore.ts"
import { disk, type DiskPlaces, inTime, type Place, unfinished } from "./DiskPlaces.ts"

export interface DiskWriterOptions {
  readonly places: DiskPlaces
  readonly place: Place
  readonly key: string
  readonly contentType: string
}

/** `File.seek` does not do: Bun 1.4.5 writes at the end whenever a write names a position and neither offset nor length. */
const writeHead = (file: FileSystem.File, head: Uint8Array): Effect.Effect<void, ObjectStoreError> =>
  Effect.async((resume) => {
    write(file.fd, head, 0, head.length, 0, (error, written) => {
      if (error === null && written === head.length) return resume(Effect.void)
      const detail = error?.message ?? `only ${written} bytes of the head were written`
      resume(new ObjectStoreError({ operation: "commit", detail }))
    })
  })

/**
 * An object that is being written: a file beside its place that takes the place at `commit`, once it is on the disk. A process that
 * dies leaves the file, and a later one removes it.
 */
export const make = Effect.fnUntraced(function* ({
  contentType,
  key,
  place,
  places,
}: DiskWriterOptions): Effect.fn.Return<ObjectWriter, ObjectStoreError, FileSystem.FileSystem | Scope.Scope> {
  const fs = yield* FileSystem.FileSystem
  const part = `${place.file}${unfinished}${randomUUID()}`
  const committed = yield* Ref.make(false)
  const size = yield* Ref.make(0)

  const open = fs.makeDirectory(place.folder, { recursive: true }).pipe(Effect.zipRight(fs.open(part, { flag: "wx" })))
  yield* Effect.addFinalizer(() =>
    Effect.unlessEffect(
      Effect.zipRight(Effect.ignore(fs.remove(part, { force: true })), places.leave(place)),
      Ref.get(committed),
    ),
  )
  // Whoever removes the folder's last object may remove the folder before the file is in it.
  const file = yield* open.pipe(Effect.retry({ times: 1 }), disk("create"))

  const writeType = Effect.scoped(
    Effect.gen(function* () {
      const type = yield* fs.open(place.type, { flag: "w" })
      yield* type.writeAll(Buffer.from(contentType))
      yield* type.sync
    }),
  )

  const commit = Effect.gen(function* () {
    yield* file.sync
    yield* writeType
    yield* fs.rename(part, place.file)
    yield* Ref.set(committed, true)
    yield* places.syncFolder(place)
  })

  return {
    write: Effect.fnUntraced(function* (bytes) {
      // An empty write counts as a failed one.
      if (bytes.length === 0) return
      yield* file.writeAll(bytes).pipe(disk("write"))
      yield* Ref.update(size, (before) => before + bytes.length)
    }),
    commit: Effect.fnUntraced(function* (head) {
      if (head !== undefined) yield* writeHead(file, head).pipe(inTime("commit"))
      yield* commit.pipe(disk("commit"))
      return { key, contentType, sizeBytes: Math.max(yield* Ref.get(size), head?.length ?? 0) }
    }),
  }
})
