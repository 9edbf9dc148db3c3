import { rmdir } from "node:fs/promises"
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { type Duration, Effect } from "effect"
import { type Container, ObjectStoreError } from "../../domain/store/ObjectStore.ts"
import { isObjectKey } from "./ObjectKey.ts"

/** A disk that does not answer for so long, such as one over a network, is not there. */
const answerWithin: Duration.DurationInput = "15 seconds"

/** Neither can be part of a key, so nothing that we put beside an object is one. */
const typeSuffix = "@type"
export const unfinished = "@unfinished-"

/** The file of an object, and what lies beside it. */
export interface Place {
  readonly folder: string
  readonly file: string
  /** Holds the content type. */
  readonly type: string
}

export const failed =
  (operation: string) =>
  ({ message }: PlatformError): ObjectStoreError =>
    new ObjectStoreError({ operation, detail: message })

export const inTime = (operation: string) =>
  Effect.timeoutFail({
    duration: answerWithin,
    onTimeout: () => new ObjectStoreError({ operation, detail: "the disk does not answer" }),
  })

/** Every call of the disk: with a deadline, and failing with what the port knows. */
export const disk =
  (operation: string) =>
  <A, R>(self: Effect.Effect<A, PlatformError, R>): Effect.Effect<A, ObjectStoreError, R> =>
    self.pipe(Effect.mapError(failed(operation)), inTime(operation))

export const make = Effect.fnUntraced(function* (root: string) {
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem

  /** A key that is none is a bug of ours: they are never made of what people write. */
  const placeOf = (container: Container, key: string): Effect.Effect<Place> => {
    if (!isObjectKey(key)) return Effect.dieMessage(`not a key of an object: ${JSON.stringify(key)}`)
    const file = path.join(root, container, key)
    return Effect.succeed({ file, folder: path.dirname(file), type: `${file}${typeSuffix}` })
  }

  /** Folders are made for their objects and go with the last one. */
  const leave = ({ folder }: Place) => Effect.ignore(Effect.tryPromise(() => rmdir(folder)))

  /** So that a name survives a loss of power as what it names does. Not every file system can. */
  const syncFolder = ({ folder }: Place) =>
    Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(folder, { flag: "r" }), (opened) => opened.sync)))

  return { placeOf, leave, syncFolder }
})
export type DiskPlaces = Effect.Effect.Success<ReturnType<typeof make>>
