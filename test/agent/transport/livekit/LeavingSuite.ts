import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { RoomServiceClient } from "livekit-server-sdk"
import * as KeyedSdk from "../../../../src/agent/transport/livekit/ffi/KeyedSdk.ts"
import * as PlainSdk from "../../../../src/agent/transport/livekit/ffi/PlainSdk.ts"
import { StateChanged } from "../../../../src/domain/media/ConversationEvent.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import { eventually, joinPerson, tone } from "./LiveKitPerson.ts"
import { audioOf, collect, joinAssistant, type Sdk, tester, TestServer } from "./World.ts"

const voice = { samples: tone(600, 40, 24_000), sampleRate: 24_000 }

/** Rejections that nobody handled, from now on until the scope closes. */
const rejections = Effect.gen(function* () {
  const seen: Array<unknown> = []
  const note = (reason: unknown) => void seen.push(reason)
  yield* Effect.acquireRelease(
    Effect.sync(() => process.on("unhandledRejection", note)),
    () => Effect.sync(() => process.off("unhandledRejection", note)),
  )
  return seen
})

const busy = (room: string) =>
  Effect.gen(function* () {
    const ada = yield* joinPerson(yield* TestServer, room, "ada")
    const { lost, transport } = yield* joinAssistant(room)
    const taken = yield* collect(transport)
    yield* eventually(() => ada.isListening && audioOf(taken).length > 5, "both hear")
    yield* Effect.forkScoped(Effect.ignore(Effect.forever(transport.write(voice))))
    yield* transport.send(StateChanged.make({ state: "speaking" }))
    yield* Effect.promise(() => ada.say(440, 200))
    return { ada, lost, transport }
  })

const inboundPackets = (ada: { readonly room: { getRtcStats: () => Promise<unknown> } }) =>
  Effect.map(
    Effect.promise(() => ada.room.getRtcStats()),
    (stats) => {
      const found = [
        ...JSON.stringify(stats, (_, value) => (typeof value === "bigint" ? Number(value) : value)).matchAll(
          /"received":\{"packetsReceived":"?(\d+)/g,
        ),
      ]
      return found.reduce((total, [, count]) => total + Number(count), 0)
    },
  )

export const leaving = (sdk: Sdk) =>
  describeLiveKit(`What is left of a LiveKit room, SDK ${sdk}`, () => {
    const test = tester(sdk)
    const held = () => (sdk === "keyed" ? KeyedSdk.make() : PlainSdk.make()).held()

    test(
      "is nothing, once it was left in the midst of everything",
      Effect.gen(function* () {
        const seen = yield* rejections
        const before = held()
        yield* Effect.forEach(["a", "b", "c"], (room) => Effect.scoped(busy(room)), { concurrency: 3 })
        yield* eventually(() => held() === before, `all is given back, ${before}`)
        yield* Effect.sleep("300 millis")
        assert.deepStrictEqual(seen, [])
      }),
    )

    test(
      "is nothing, when the assistant was shown out of it",
      Effect.gen(function* () {
        const server = yield* TestServer
        const api = new RoomServiceClient(server.httpUrl, server.key, server.secret)
        const seen = yield* rejections
        const before = held()
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { lost } = yield* busy("a")
            yield* Effect.promise(() => api.deleteRoom("a"))
            yield* lost
          }),
        )
        yield* eventually(() => held() === before, `all is given back, ${before}`)
        assert.deepStrictEqual(seen, [])
      }),
    )

    test(
      "nothing is sent while the assistant is silent",
      Effect.gen(function* () {
        const ada = yield* joinPerson(yield* TestServer, "a", "ada")
        const { transport } = yield* joinAssistant("a")
        yield* eventually(() => ada.isListening, "the person listens")
        yield* transport.write(voice)
        yield* Effect.sleep("1 second")
        const before = yield* inboundPackets(ada)
        assert.isAbove(before, 0)
        yield* Effect.sleep("1 second")
        assert.strictEqual(yield* inboundPackets(ada), before)
      }),
    )
  })
