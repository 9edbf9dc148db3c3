import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Logger, Stream, TestClock } from "effect"
import { record, type RecordRequest } from "../../../src/agent/recording/Recorder.ts"
import { defaultPolicy } from "../../../src/agent/recording/RecordingPolicy.ts"
import * as ScriptedTransport from "../../../src/agent/transport/ScriptedTransport.ts"
import { ConversationId, ConversationNotFound } from "../../../src/domain/conversation/Conversation.ts"
import { TransportInput } from "../../../src/domain/media/VoiceTransport.ts"
import type { Recording } from "../../../src/domain/recording/Recording.ts"
import { RecordingRepository } from "../../../src/domain/recording/RecordingRepository.ts"
import { ObjectStoreError } from "../../../src/domain/store/ObjectStore.ts"
import * as Flac from "../../support/Flac.ts"
import * as MemoryObjectStore from "../../support/MemoryObjectStore.ts"

const conversationId = ConversationId.make("00000000-0000-4000-8000-0000000000d1")
const key = `recordings/${conversationId}/2.flac`
const voiceRate = 24_000
const startMillis = 1_800_000_000_000

interface Setup {
  readonly insert?: (recording: Recording) => Effect.Effect<void, ConversationNotFound>
  readonly beforeWrite?: Effect.Effect<void, ObjectStoreError>
}

/** A recorded line with a person at its end; `engine` takes what the person does, as an engine would. */
const makeLine = (setup: Setup = {}) => {
  const objects = new Map<string, MemoryObjectStore.StoredObject>()
  const rows: Array<Recording> = []
  const warnings: Array<string> = []
  const stores = Layer.mergeAll(
    MemoryObjectStore.layer({
      objects,
      ...(setup.beforeWrite === undefined ? {} : { beforeWrite: setup.beforeWrite }),
    }),
    Layer.mock(RecordingRepository, {
      insert: (recording) => setup.insert?.(recording) ?? Effect.sync(() => void rows.push(recording)),
    }),
    Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ logLevel, message }) => void (logLevel._tag === "Warning" && warnings.push(String(message)))),
    ),
  )
  const talk = (
    what: (
      line: Omit<ScriptedTransport.ScriptedPerson, "transport"> & Pick<RecordRequest, "transport">,
    ) => Effect.Effect<void, unknown>,
    more: Partial<RecordRequest> = {},
  ) =>
    Effect.scoped(
      Effect.gen(function* () {
        yield* TestClock.setTime(startMillis)
        const person = yield* ScriptedTransport.make(voiceRate)
        const transport = yield* record({ transport: person.transport, conversationId, fence: 2, ...more })
        yield* Effect.forkScoped(Stream.runDrain(transport.inputs))
        yield* what({ ...person, transport })
      }),
    ).pipe(Effect.provide(stores))
  return { objects, rows, warnings, talk }
}

const frame = (millis: number, rate: number, value: number) => ({
  samples: new Int16Array((millis * rate) / 1_000).fill(value),
  sampleRate: rate,
})

const frameMillis = 50

/** The person speaks for so long. */
const says = (line: Pick<ScriptedTransport.ScriptedPerson, "act">, millis: number, value: number) =>
  TestClock.adjust(frameMillis).pipe(
    Effect.zipRight(line.act(TransportInput.Audio({ frame: frame(frameMillis, 16_000, value) }))),
    Effect.zipRight(Effect.yieldNow()),
    Effect.repeatN(millis / frameMillis - 1),
  )

const decoded = (objects: Map<string, MemoryObjectStore.StoredObject>) =>
  Flac.decode(objects.get(key)?.bytes ?? new Uint8Array(0))

describe("record", () => {
  it.effect("stores both voices on one time line, and tells that it did", () =>
    Effect.gen(function* () {
      const { objects, rows, talk, warnings } = makeLine()
      yield* talk((line) =>
        Effect.gen(function* () {
          yield* TestClock.adjust("1 second")
          yield* says(line, 2_000, 900)
          yield* TestClock.adjust("1 second")
          for (let count = 0; count < 2; count++) yield* line.transport.write(frame(100, voiceRate, 700))
          const draining = yield* Effect.fork(line.transport.drained)
          yield* TestClock.adjust(200)
          yield* Fiber.join(draining)
          yield* TestClock.adjust("4 minutes")
          yield* says(line, 1_000, 800)
        }),
      )
      assert.deepStrictEqual(warnings, [])
      const [row] = rows
      const object = objects.get(key)
      assert.isDefined(row)
      if (row === undefined || object === undefined) return
      assert.deepStrictEqual([row.conversationId, `recordings/${row.key}`], [conversationId, key])
      assert.deepStrictEqual([row.contentType, row.sizeBytes], ["audio/flac", object.bytes.length])
      assert.deepStrictEqual([row.startedAt.epochMillis, row.durationMillis], [startMillis, 245_200])
      // Four minutes of silence cost next to nothing.
      assert.isBelow(object.bytes.length, 100_000)

      const { left, right, sampleRate } = yield* decoded(objects)
      assert.strictEqual(sampleRate, 16_000)
      assert.lengthOf(left, 245_200 * 16)
      const said = Flac.sounding(left).map(([from, to]) => [from / 16, to / 16, left[from]])
      assert.deepStrictEqual(said, [
        [1_000, 3_000, 900],
        [244_200, 245_200, 800],
      ])
      const [[from = 0, to = 0] = [], ...more] = Flac.sounding(right, 160, 100)
      assert.deepStrictEqual(more, [])
      assert.approximately(from / 16, 4_000, 25)
      assert.approximately((to - from) / 16, 200, 5)
    }),
  )

  it.effect("has what was heard of an answer that was cut off, and no more", () =>
    Effect.gen(function* () {
      const { objects, talk } = makeLine()
      yield* talk(({ transport }) =>
        Effect.gen(function* () {
          yield* TestClock.adjust("1 second")
          for (let count = 0; count < 2; count++) yield* transport.write(frame(100, voiceRate, 700))
          yield* TestClock.adjust(120)
          assert.strictEqual(yield* transport.stop, 120 * 24)
          yield* TestClock.adjust("2 seconds")
        }),
      )
      const { right } = yield* decoded(objects)
      const [[from = 0, to = 0] = [], ...more] = Flac.sounding(right, 160, 100)
      assert.deepStrictEqual(more, [])
      assert.approximately((to - from) / 16, 120, 3)
    }),
  )

  it.effect("holds up nobody when the store stands still, and is given up", () =>
    Effect.gen(function* () {
      const { objects, rows, talk, warnings } = makeLine({ beforeWrite: Effect.never })
      yield* talk(
        (line) =>
          Effect.gen(function* () {
            // Noise does not become small, so there is something to write.
            yield* says(line, 40_000, 900)
            yield* line.transport.write(frame(100, voiceRate, 700))
          }),
        { policy: { ...defaultPolicy, writeBytes: 100 } },
      )
      assert.deepStrictEqual([objects.size, rows.length], [0, 0])
      assert.deepStrictEqual(warnings.length, 1)
      assert.include(warnings[0], "given up")
    }),
  )

  it.effect("is given up when the store fails", () =>
    Effect.gen(function* () {
      const beforeWrite = new ObjectStoreError({ operation: "write", detail: "the disk is full" })
      const { objects, rows, talk, warnings } = makeLine({ beforeWrite })
      yield* talk((line) => says(line, 8_000, 900))
      assert.deepStrictEqual([objects.size, rows.length, warnings.length], [0, 0, 1])
    }),
  )

  it.effect("leaves nothing of a conversation that was deleted meanwhile", () =>
    Effect.gen(function* () {
      const insert = () => new ConversationNotFound({ conversationId })
      const { objects, talk, warnings } = makeLine({ insert })
      yield* talk((line) => says(line, 5_000, 900))
      assert.deepStrictEqual([objects.size, warnings.length], [0, 1])
    }),
  )

  it.effect("ends when it is as long as it may be, and the conversation goes on", () =>
    Effect.gen(function* () {
      const { objects, rows, talk } = makeLine()
      yield* talk(
        (line) =>
          Effect.gen(function* () {
            yield* says(line, 20_000, 900)
            assert.strictEqual(rows[0]?.durationMillis, 10_000)
          }),
        { policy: { ...defaultPolicy, lengthMax: Duration.seconds(10) } },
      )
      assert.strictEqual(rows.length, 1)
      assert.lengthOf((yield* decoded(objects)).left, 160_000)
    }),
  )

  it.effect("does not keep the end waiting for a store that stands still", () =>
    Effect.gen(function* () {
      const { rows, talk, warnings } = makeLine({ beforeWrite: Effect.never })
      const passing = Effect.forever(TestClock.adjust("1 second"))
      yield* Effect.raceFirst(
        talk((line) => says(line, 1_000, 900)),
        Effect.zipRight(Effect.sleep("2 seconds"), passing),
      )
      assert.strictEqual(rows.length, 0)
      assert.include(warnings[0], "not stored in time")
    }),
  )
})
