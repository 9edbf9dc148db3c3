import { Context, Effect, Layer, type Stream } from "effect"
import type { ConversationId, ConversationNotFound } from "../domain/conversation/Conversation.ts"
import type { ConversationRepository } from "../domain/conversation/ConversationRepository.ts"
import { type Recording, type RecordingId, RecordingNotFound } from "../domain/recording/Recording.ts"
import { RecordingRepository } from "../domain/recording/RecordingRepository.ts"
import type { StorageError } from "../domain/StorageError.ts"
import { type ObjectNotFound, ObjectStore, type ObjectStoreError } from "../domain/store/ObjectStore.ts"
import type { User } from "../domain/user/User.ts"
import * as OwnConversation from "./OwnConversation.ts"

/** A recording's sound, to be read whole or in part. */
export interface RecordedAudio {
  readonly contentType: string
  readonly sizeBytes: number
  /** From `start` up to and without `end`. */
  readonly read: (range: {
    readonly start: number
    readonly end: number
  }) => Stream.Stream<Uint8Array, ObjectNotFound | ObjectStoreError>
}

/** Recordings of conversations, for the person who held them: those of others are not found. */
export class RecordingService extends Context.Tag("parley/services/RecordingService")<
  RecordingService,
  {
    /** In the order in which they were made; most conversations have none or one. */
    readonly list: (
      user: User,
      id: ConversationId,
    ) => Effect.Effect<ReadonlyArray<Recording>, ConversationNotFound | StorageError>
    readonly audio: (
      user: User,
      id: ConversationId,
      recordingId: RecordingId,
    ) => Effect.Effect<RecordedAudio, ConversationNotFound | RecordingNotFound | StorageError | ObjectStoreError>
  }
>() {}

const make = Effect.gen(function* () {
  const own = yield* OwnConversation.make
  const recordings = yield* RecordingRepository
  const objects = yield* ObjectStore

  const list = Effect.fn("RecordingService.list")(function* (user: User, id: ConversationId) {
    yield* own(user, id)
    return yield* recordings.list(id)
  })

  return RecordingService.of({
    list,
    audio: Effect.fn("RecordingService.audio")(function* (user, id, recordingId) {
      const recording = (yield* list(user, id)).find((one) => one.id === recordingId)
      if (recording === undefined) return yield* new RecordingNotFound({ recordingId })
      const { key } = recording
      const { contentType, sizeBytes } = yield* objects
        .info("recordings", key)
        .pipe(Effect.catchTag("ObjectNotFound", () => new RecordingNotFound({ recordingId })))
      return { contentType, sizeBytes, read: (range) => objects.read("recordings", key, range) }
    }),
  })
})

export const layer: Layer.Layer<RecordingService, never, ConversationRepository | RecordingRepository | ObjectStore> =
  Layer.effect(RecordingService, make)
