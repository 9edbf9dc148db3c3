import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Clock, Duration, Effect, Layer, Option, Stream } from "effect"
import { ObjectNotFound, ObjectStore } from "../../domain/store/ObjectStore.ts"
import * as DiskPlaces from "./DiskPlaces.ts"
import * as DiskWriter from "./DiskWriter.ts"

export interface DiskOptions {
  /** Made when it is first needed. Nothing else should be in it. */
  readonly folder: string
}

/** What is older was left by a process that died: nothing is written for so long. */
const leftAfter = Duration.days(1)
const chunkBytes = 64 * 1_024

const chunksAhead = 2

const section = (range: { readonly start: number; readonly end: number } | undefined) =>
  range === undefined ? {} : { offset: range.start, bytesToRead: Math.max(0, range.end - range.start) }

const isMissing = (error: PlatformError) => error._tag === "SystemError" && error.reason === "NotFound"

/** Removes what writers left that were never finished. */
const removeLeftovers = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(leftAfter)
  const names = yield* fs.readDirectory(folder, { recursive: true })
  const left = names.filter((name) => name.includes(DiskPlaces.unfinished)).map((name) => path.join(folder, name))
  const old = yield* Effect.filter(left, (file) =>
    Effect.map(fs.stat(file), ({ mtime }) => Option.exists(mtime, (time) => time.getTime() < before)),
  )
  yield* Effect.forEach(old, (file) => fs.remove(file, { force: true }), { discard: true })
  if (old.length > 0) yield* Effect.logInfo(`${old.length} unfinished objects were removed`)
})

const make = Effect.fnUntraced(function* ({ folder }: DiskOptions) {
  const fs = yield* FileSystem.FileSystem
  const places = yield* DiskPlaces.make(folder)
  yield* Effect.forkScoped(Effect.ignore(removeLeftovers(folder)))

  return ObjectStore.of({
    create: Effect.fn("ObjectStore.create")(
      function* (container, key, contentType) {
        const place = yield* places.placeOf(container, key)
        return yield* DiskWriter.make({ places, place, key, contentType })
      },
      Effect.provideService(FileSystem.FileSystem, fs),
    ),

    info: Effect.fn("ObjectStore.info")(function* (container, key) {
      const place = yield* places.placeOf(container, key)
      const found = yield* Effect.all([fs.stat(place.file), fs.readFileString(place.type)]).pipe(
        Effect.asSome,
        Effect.catchIf(isMissing, () => Effect.succeedNone),
        DiskPlaces.disk("info"),
      )
      if (Option.isNone(found)) return yield* new ObjectNotFound({ container, key })
      const [{ size }, contentType] = found.value
      return { key, contentType, sizeBytes: Number(size) }
    }),

    read: (container, key, range) =>
      Stream.unwrap(
        Effect.map(places.placeOf(container, key), ({ file }) =>
          fs.stream(file, { chunkSize: chunkBytes, bufferSize: chunksAhead, ...section(range) }),
        ),
      ).pipe(
        Stream.mapError((error) =>
          isMissing(error) ? new ObjectNotFound({ container, key }) : DiskPlaces.failed("read")(error),
        ),
      ),

    remove: Effect.fn("ObjectStore.remove")(function* (container, key) {
      const place = yield* places.placeOf(container, key)
      yield* fs
        .remove(place.file, { force: true })
        .pipe(Effect.zipRight(fs.remove(place.type, { force: true })), DiskPlaces.disk("remove"))
      yield* places.leave(place)
    }),
  })
})

/** Objects as files below a folder of this machine, or of a network that all machines mount. */
export const layer = (options: DiskOptions): Layer.Layer<ObjectStore, never, FileSystem.FileSystem | Path.Path> =>
  Layer.scoped(ObjectStore, make(options))
