import { Effect, Layer, Stream } from "effect"
import { isObjectKey } from "../../src/infra/blob/ObjectKey.ts"
import {
  type Container,
  ObjectNotFound,
  ObjectStore,
  type ObjectStoreError,
} from "../../src/domain/store/ObjectStore.ts"

export interface StoredObject {
  readonly contentType: string
  readonly bytes: Uint8Array
}

export interface MemoryObjectStoreOptions {
  /** By `container/key`; what is stored can be looked at, and what is there already can be read. */
  readonly objects?: Map<string, StoredObject>
  /** Done before each write; may wait or fail. */
  readonly beforeWrite?: Effect.Effect<void, ObjectStoreError>
  /** Done before each removal. */
  readonly beforeRemove?: Effect.Effect<void, ObjectStoreError>
}

const withHead = (bytes: Uint8Array, head: Uint8Array | undefined): Uint8Array => {
  const whole = new Uint8Array(Math.max(bytes.length, head?.length ?? 0))
  whole.set(bytes)
  if (head !== undefined) whole.set(head)
  return whole
}

/** Objects in memory, for tests whose time is not real. */
export const layer = (options: MemoryObjectStoreOptions = {}): Layer.Layer<ObjectStore> => {
  const objects = options.objects ?? new Map<string, StoredObject>()
  const at = (container: Container, key: string) =>
    isObjectKey(key) ? Effect.succeed(`${container}/${key}`) : Effect.dieMessage(`not a key: ${key}`)
  const get = (container: Container, key: string) =>
    Effect.flatMap(at(container, key), (place) => {
      const found = objects.get(place)
      return found === undefined ? Effect.fail(new ObjectNotFound({ container, key })) : Effect.succeed(found)
    })
  return Layer.succeed(
    ObjectStore,
    ObjectStore.of({
      create: (container, key, contentType) =>
        Effect.map(at(container, key), (place) => {
          const written: Array<Uint8Array> = []
          return {
            write: (bytes) =>
              Effect.zipRight(
                options.beforeWrite ?? Effect.void,
                Effect.sync(() => void written.push(bytes.slice())),
              ),
            commit: (head) =>
              Effect.sync(() => {
                const bytes = withHead(Buffer.concat(written), head)
                objects.set(place, { contentType, bytes })
                return { key, contentType, sizeBytes: bytes.length }
              }),
          }
        }),
      info: (container, key) =>
        Effect.map(get(container, key), ({ bytes, contentType }) => ({ key, contentType, sizeBytes: bytes.length })),
      read: (container, key, range) =>
        Stream.fromEffect(
          Effect.map(get(container, key), ({ bytes }) => bytes.slice(range?.start ?? 0, range?.end ?? bytes.length)),
        ),
      remove: (container, key) =>
        Effect.flatMap(at(container, key), (place) =>
          Effect.zipRight(
            options.beforeRemove ?? Effect.void,
            Effect.sync(() => void objects.delete(place)),
          ),
        ),
    }),
  )
}
