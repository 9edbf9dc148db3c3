import { Context, type Effect, Schema, type Scope, type Stream } from "effect"

/** What kind of thing an object is; each has its own place, access and retention. */
export const Container = Schema.Literal("recordings", "uploads", "conversations")
export type Container = typeof Container.Type

export class ObjectNotFound extends Schema.TaggedError<ObjectNotFound>()("ObjectNotFound", {
  container: Container,
  key: Schema.String,
}) {}
/** The store did not answer, or said no. Whoever asked may try again. */
export class ObjectStoreError extends Schema.TaggedError<ObjectStoreError>()("ObjectStoreError", {
  operation: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `object store, ${this.operation}: ${this.detail}`
  }
}

export interface ObjectInfo {
  readonly key: string
  readonly sizeBytes: number
  readonly contentType: string
}

/** An object being written. It exists once `commit` has succeeded; when the scope closes before, nothing is left of it. */
export interface ObjectWriter {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, ObjectStoreError>
  /** `head` replaces the first bytes that were written, for formats whose length is told at their beginning. */
  readonly commit: (head?: Uint8Array) => Effect.Effect<ObjectInfo, ObjectStoreError>
}

/** Keys are paths of letters, digits, `-`, `_`, `.` and `/`, without `..`. */
export class ObjectStore extends Context.Tag("parley/domain/store/ObjectStore")<
  ObjectStore,
  {
    readonly create: (
      container: Container,
      key: string,
      contentType: string,
    ) => Effect.Effect<ObjectWriter, ObjectStoreError, Scope.Scope>
    readonly info: (container: Container, key: string) => Effect.Effect<ObjectInfo, ObjectNotFound | ObjectStoreError>
    /** Bytes from `start` up to and without `end`; all of it by default. */
    readonly read: (
      container: Container,
      key: string,
      range?: { readonly start: number; readonly end: number },
    ) => Stream.Stream<Uint8Array, ObjectNotFound | ObjectStoreError>
    readonly remove: (container: Container, key: string) => Effect.Effect<void, ObjectStoreError>
  }
>() {}
