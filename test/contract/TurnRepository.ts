import { assert, layer as suite } from "@effect/vitest"
import { Arbitrary, Effect, type Layer, Option, Record } from "effect"
import { Turn, TurnId } from "../../src/domain/analytics/Turn.ts"
import { TurnRepository } from "../../src/domain/analytics/TurnRepository.ts"
import { ConversationRepository } from "../../src/domain/conversation/ConversationRepository.ts"
import type { RoomRepository } from "../../src/domain/room/RoomRepository.ts"
import type { UserRepository } from "../../src/domain/user/UserRepository.ts"
import { kept } from "../support/Json.ts"
import * as Samples from "../support/Samples.ts"
import * as Stored from "../support/Stored.ts"

type Repositories = UserRepository | RoomRepository | ConversationRepository | TurnRepository

const sample = { sample: Arbitrary.make(Turn) }
const newId = () => TurnId.make(crypto.randomUUID())

/** Databases know one zero only. */
const zeroUnsigned = (millis: number) => (millis === 0 ? 0 : millis)

/** What every store of turns promises. */
export const turnRepositoryContract = <E>(name: string, layer: Layer.Layer<Repositories, E>) =>
  suite(layer, { excludeTestServices: true })(`TurnRepository: ${name}`, (it) => {
    it.effect.prop(
      "what goes in comes out",
      sample,
      ({ sample }) =>
        Effect.gen(function* () {
          const turns = yield* TurnRepository
          const { id: conversationId } = yield* Stored.conversation
          const turn = new Turn({ ...sample, id: newId(), conversationId })
          yield* turns.insert(turn)
          const expected = new Turn({
            ...turn,
            timings: Record.map(turn.timings, Option.map(zeroUnsigned)),
            speechToText: kept(turn.speechToText),
            languageModel: kept(turn.languageModel),
            textToSpeech: kept(turn.textToSpeech),
          })
          assert.deepStrictEqual(yield* turns.list(conversationId), [expected])
        }),
      { fastCheck: { numRuns: 50 } },
    )

    it.effect.prop(
      "turns come in order of their index, each once",
      sample,
      ({ sample }) =>
        Effect.gen(function* () {
          const turns = yield* TurnRepository
          const { id: conversationId } = yield* Stored.conversation
          const made = [3, 0, 10, 2].map((index) => new Turn({ ...sample, id: newId(), conversationId, index }))
          yield* Effect.forEach([...made, ...made], turns.insert, { discard: true })
          const stored = yield* turns.list(conversationId)
          assert.deepStrictEqual(
            stored.map((turn) => turn.index),
            [0, 2, 3, 10],
          )
        }),
      { fastCheck: { numRuns: 3 } },
    )

    it.effect.prop(
      "a turn needs its conversation, and goes with it",
      sample,
      ({ sample }) =>
        Effect.gen(function* () {
          const turns = yield* TurnRepository
          const conversations = yield* ConversationRepository
          const unknown = Samples.conversation(Samples.room(Samples.user().id)).id
          const error = yield* Effect.flip(turns.insert(new Turn({ ...sample, id: newId(), conversationId: unknown })))
          assert.include(error, { _tag: "ConversationNotFound", conversationId: unknown })

          const { id } = yield* Stored.conversation
          yield* turns.insert(new Turn({ ...sample, id: newId(), conversationId: id }))
          yield* conversations.remove(id)
          assert.deepStrictEqual(yield* turns.list(id), [])
        }),
      { fastCheck: { numRuns: 3 } },
    )
  })
