import { assert, layer as suite } from "@effect/vitest"
import { Arbitrary, Effect, type Layer } from "effect"
import { ConversationRepository } from "../../src/domain/conversation/ConversationRepository.ts"
import { Recording, RecordingId } from "../../src/domain/recording/Recording.ts"
import { RecordingRepository } from "../../src/domain/recording/RecordingRepository.ts"
import type { RoomRepository } from "../../src/domain/room/RoomRepository.ts"
import type { UserRepository } from "../../src/domain/user/UserRepository.ts"
import * as Samples from "../support/Samples.ts"
import * as Stored from "../support/Stored.ts"

type Repositories = UserRepository | RoomRepository | ConversationRepository | RecordingRepository

const sample = { sample: Arbitrary.make(Recording) }
const recording = (sample: Recording, more: Partial<Recording>) => {
  const id = RecordingId.make(crypto.randomUUID())
  return new Recording({ ...sample, id, key: `${id}/1.flac`, contentType: "audio/flac", ...more })
}

/** What every store of recordings' rows promises. */
export const recordingRepositoryContract = <E>(name: string, layer: Layer.Layer<Repositories, E>) =>
  suite(layer, { excludeTestServices: true })(`RecordingRepository: ${name}`, (it) => {
    it.effect.prop(
      "what goes in comes out",
      sample,
      ({ sample }) =>
        Effect.gen(function* () {
          const recordings = yield* RecordingRepository
          const { id: conversationId } = yield* Stored.conversation
          const made = recording(sample, { conversationId })
          yield* recordings.insert(made)
          assert.deepStrictEqual(yield* recordings.list(conversationId), [made])
        }),
      { fastCheck: { numRuns: 50 } },
    )

    it.effect.prop(
      "recordings of one conversation come in order, each once",
      sample,
      ({ sample }) =>
        Effect.gen(function* () {
          const recordings = yield* RecordingRepository
          const { id: conversationId } = yield* Stored.conversation
          const made = [3, 0, 10, 2].map((seconds) =>
            recording(sample, { conversationId, startedAt: Samples.at(seconds) }),
          )
          yield* Effect.forEach([...made, ...made], recordings.insert, { discard: true })
          const stored = yield* recordings.list(conversationId)
          assert.deepStrictEqual(
            stored.map(({ startedAt }) => startedAt),
            [0, 2, 3, 10].map(Samples.at),
          )
        }),
      { fastCheck: { numRuns: 3 } },
    )

    it.effect.prop(
      "a recording needs its conversation, and goes with it",
      sample,
      ({ sample }) =>
        Effect.gen(function* () {
          const recordings = yield* RecordingRepository
          const unknown = Samples.conversation(Samples.room(Samples.user().id)).id
          const error = yield* Effect.flip(recordings.insert(recording(sample, { conversationId: unknown })))
          assert.include(error, { _tag: "ConversationNotFound", conversationId: unknown })

          const { id } = yield* Stored.conversation
          yield* recordings.insert(recording(sample, { conversationId: id }))
          yield* Effect.flatMap(ConversationRepository, (conversations) => conversations.remove(id))
          assert.deepStrictEqual(yield* recordings.list(id), [])
        }),
      { fastCheck: { numRuns: 3 } },
    )
  })
