import { assert } from "@effect/vitest"
import { Duration, Effect, Either, Fiber, Stream } from "effect"
import { RoomServiceClient } from "livekit-server-sdk"
import { AssistantRoom } from "../../../../src/domain/media/AssistantRoom.ts"
import { leaveMethod, muteMethod } from "../../../../src/domain/media/LiveKitProtocol.ts"
import { TransportClosed } from "../../../../src/domain/media/VoiceTransport.ts"
import * as CutLine from "../../../support/CutLine.ts"
import { describeLiveKit } from "../../../support/LiveKitServer.ts"
import { eventually, joinPerson, tone } from "./LiveKitPerson.ts"
import {
  acts,
  audioOf,
  collect,
  joinAssistant,
  millisOf,
  requestFor,
  type Sdk,
  tags,
  tester,
  TestServer,
} from "./World.ts"

const room = "room"
const voice = (millis: number) => ({ samples: tone(600, millis, 24_000), sampleRate: 24_000 })

const service = Effect.map(TestServer, (server) => new RoomServiceClient(server.httpUrl, server.key, server.secret))

const joining = (test: ReturnType<typeof tester>) => {
  test(
    "says so when the server is not there, or does not let it in",
    Effect.gen(function* () {
      const assistants = yield* AssistantRoom
      const request = yield* requestFor(room)
      const nowhere = { ...request, grant: { ...request.grant, url: new URL("ws://127.0.0.1:9") } }
      const refused = yield* Effect.flip(assistants.join(nowhere))
      assert.strictEqual(refused._tag, "RoomNotJoined")
      assert.strictEqual(refused.room, room)
    }),
    { joinWithin: Duration.seconds(3) },
  )

  test(
    "waits for a server that never answers no longer than its time",
    Effect.gen(function* () {
      const mute = yield* Effect.acquireRelease(
        Effect.sync(() => Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } })),
        (listener) => Effect.sync(() => listener.stop(true)),
      )
      const assistants = yield* AssistantRoom
      const request = yield* requestFor(room)
      const grant = { ...request.grant, url: new URL(`ws://127.0.0.1:${mute.port}`) }
      const [took, failed] = yield* Effect.timed(Effect.flip(assistants.join({ ...request, grant })))
      assert.match(failed.detail, /500/)
      assert.isBelow(Duration.toMillis(took), 3_000)
    }),
    { joinWithin: Duration.millis(500) },
  )

  test(
    "is out of the room within a second, whatever it was saying",
    Effect.gen(function* () {
      const person = yield* joinPerson(yield* TestServer, room, "ada")
      const took = yield* Effect.scoped(
        Effect.gen(function* () {
          const { transport } = yield* joinAssistant(room)
          yield* eventually(() => person.isListening, "the voice is subscribed to")
          yield* Effect.fork(Effect.forever(transport.write(voice(40))))
          yield* Effect.sleep("200 millis")
        }),
      ).pipe(Effect.timed)
      assert.isBelow(Duration.toMillis(took[0]), 5_000)
      yield* eventually(() => person.agent === undefined, "the assistant is gone")
    }),
  )
}

const coming = (test: ReturnType<typeof tester>) => {
  test(
    "tells when the person comes and goes, and ends when they stay away",
    Effect.gen(function* () {
      const server = yield* TestServer
      const { transport } = yield* joinAssistant(room)
      const taken = yield* collect(transport)
      const first = yield* joinPerson(server, room, "ada", { name: "Ada L." })
      yield* eventually(() => taken.length > 0, "they came")
      yield* Effect.promise(() => first.leave())
      yield* eventually(() => tags(taken).includes("Disconnected"), "they went")
      const second = yield* joinPerson(server, room, "ada")
      yield* eventually(() => tags(taken).length === 3, "they came back")
      const reading = yield* Effect.fork(Effect.either(transport.write(voice(40)).pipe(Effect.forever)))
      yield* Effect.promise(() => second.leave())
      assert.deepStrictEqual(yield* Fiber.join(reading), Either.left(new TransportClosed()))
      assert.deepStrictEqual(tags(taken), ["Connected", "Disconnected", "Connected", "Disconnected"])
      const [came] = acts(taken)
      assert.deepInclude(came, { _tag: "Connected", identity: "ada", name: "Ada L." })
    }),
    { grace: Duration.seconds(2) },
  )

  test(
    "ends when the person never comes, whoever else does",
    Effect.gen(function* () {
      yield* joinPerson(yield* TestServer, room, "bob")
      const { transport } = yield* joinAssistant(room)
      const taken = yield* Stream.runCollect(transport.inputs)
      assert.notInclude(tags([...taken]), "Connected")
    }),
    { grace: Duration.seconds(1) },
  )

  test(
    "ends at once when the person says that they leave, and not when another does",
    Effect.gen(function* () {
      const server = yield* TestServer
      const { transport } = yield* joinAssistant(room)
      const reading = yield* Effect.fork(Stream.runDrain(transport.inputs))
      const ada = yield* joinPerson(server, room, "ada")
      const bob = yield* joinPerson(server, room, "bob")
      yield* eventually(() => ada.agent !== undefined && bob.agent !== undefined, "both see the assistant")
      const refused = yield* Effect.either(Effect.tryPromise(() => bob.call(leaveMethod)))
      assert.isTrue(Either.isLeft(refused))
      assert.isNull(reading.unsafePoll())
      yield* Effect.promise(() => ada.call(leaveMethod))
      yield* Fiber.join(reading)
    }),
  )

  test(
    "takes the newer of two pages of one person",
    Effect.gen(function* () {
      const server = yield* TestServer
      const { transport } = yield* joinAssistant(room)
      const taken = yield* collect(transport)
      yield* joinPerson(server, room, "ada")
      yield* eventually(() => tags(taken).length === 1, "they came")
      const second = yield* joinPerson(server, room, "ada")
      yield* eventually(() => tags(taken).length === 3, "they came again")
      yield* eventually(() => second.isListening, "the newer page listens")
      yield* Effect.promise(() => second.say(440, 500))
      yield* eventually(() => millisOf(taken, 440) >= 200, "the newer page is heard")
      yield* transport.write(voice(200))
      yield* eventually(() => second.playedMillis > 100, "the newer page hears")
      assert.deepStrictEqual(tags(taken), ["Connected", "Disconnected", "Connected"])
    }),
  )
}

const hearing = (test: ReturnType<typeof tester>) => {
  test(
    "hears people in frames of at most 60 ms at 16 kHz, and no other agent",
    Effect.gen(function* () {
      const server = yield* TestServer
      const { transport } = yield* joinAssistant(room)
      const taken = yield* collect(transport)
      const agent = yield* joinPerson(server, room, "other-agent", { kind: "agent" })
      const ada = yield* joinPerson(server, room, "ada")
      yield* eventually(() => audioOf(taken).length > 0, "audio")
      yield* Effect.promise(() => Promise.all([agent.say(900, 500), ada.say(440, 500)]))
      yield* eventually(() => millisOf(taken, 440) >= 400, "the person is heard")
      assert.strictEqual(millisOf(taken, 900), 0)
      assert.isTrue(audioOf(taken).every((samples) => samples.length > 0 && samples.length <= 960))
      assert.deepStrictEqual(tags(taken), ["Connected"], "one person needs no naming")
    }),
  )

  test(
    "says whose voice it is where there are several, by the names that they have then",
    Effect.gen(function* () {
      const server = yield* TestServer
      const { transport } = yield* joinAssistant(room)
      const taken = yield* collect(transport)
      const ada = yield* joinPerson(server, room, "ada", { name: "Ada" })
      const bob = yield* joinPerson(server, room, "bob", { name: "Bob" })
      yield* eventually(() => audioOf(taken).length > 20, "audio")
      yield* Effect.promise(() => ada.say(440, 500))
      yield* eventually(() => millisOf(taken, 440) >= 400, "Ada is heard")
      yield* Effect.sleep("600 millis")
      yield* Effect.promise(() => bob.say(900, 500))
      yield* eventually(() => millisOf(taken, 900) >= 440, "Bob is heard, from the first syllable")
      yield* Effect.promise(() => bob.self.updateName("Robert"))
      const names = () => acts(taken).flatMap((input) => (input._tag === "Speaker" ? [input.name] : []))
      yield* eventually(() => names().at(-1) === "Robert", "the new name")
      assert.deepStrictEqual(names().slice(-3), ["Ada", "Bob", "Robert"])
      const before = taken.findIndex((input) => input._tag === "Speaker" && input.identity === "bob")
      assert.strictEqual(millisOf(taken.slice(0, before), 900), 0, "named before they are heard")
    }),
  )

  test(
    "does not hear who asked not to be heard",
    Effect.gen(function* () {
      const server = yield* TestServer
      const { transport } = yield* joinAssistant(room)
      const taken = yield* collect(transport)
      const ada = yield* joinPerson(server, room, "ada")
      yield* eventually(() => audioOf(taken).length > 0 && ada.agent !== undefined, "audio")
      assert.strictEqual(yield* Effect.promise(() => ada.call(muteMethod, '{"muted":true}')), '{"muted":true}')
      yield* Effect.promise(() => ada.say(1_500, 400))
      yield* Effect.sleep("400 millis")
      yield* Effect.promise(() => ada.call(muteMethod, '{"muted":false}'))
      yield* Effect.promise(() => ada.say(900, 400))
      yield* eventually(() => millisOf(taken, 900) >= 200, "heard again")
      assert.strictEqual(millisOf(taken, 1_500), 0)
      const bad = yield* Effect.flip(Effect.tryPromise(() => ada.call(muteMethod, "{}")))
      assert.match(String(bad.cause), /muted/)
    }),
  )

  test(
    "hears a microphone that is opened again, and silence between",
    Effect.gen(function* () {
      const server = yield* TestServer
      const { transport } = yield* joinAssistant(room)
      const taken = yield* collect(transport)
      const ada = yield* joinPerson(server, room, "ada")
      yield* eventually(() => audioOf(taken).length > 0, "audio")
      yield* Effect.promise(() => ada.closeMicrophone())
      yield* Effect.promise(() => ada.openMicrophone())
      yield* Effect.promise(() => ada.say(900, 600))
      yield* eventually(() => millisOf(taken, 900) >= 200, "heard again")
    }),
  )
}

const losing = (test: ReturnType<typeof tester>) => {
  const lostBy = (
    name: string,
    end: (room: string) => Effect.Effect<unknown, unknown, TestServer | AssistantRoom>,
    why: string,
  ) =>
    test(
      `tells that it is out of the room: ${name}`,
      Effect.gen(function* () {
        yield* joinPerson(yield* TestServer, room, "ada")
        const { lost, transport } = yield* joinAssistant(room)
        const reading = yield* Effect.fork(Stream.runDrain(transport.inputs))
        yield* Effect.fork(Effect.forever(transport.write(voice(40))))
        const waiting = yield* Effect.fork(lost)
        yield* end(room)
        assert.strictEqual(yield* Fiber.join(waiting), why)
        assert.isNull(reading.unsafePoll(), "the inputs do not end by that")
      }),
    )

  lostBy(
    "removed",
    (room) => Effect.flatMap(service, (api) => Effect.promise(() => api.removeParticipant(room, "assistant"))),
    "removed",
  )
  lostBy(
    "the room was closed",
    (room) => Effect.flatMap(service, (api) => Effect.promise(() => api.deleteRoom(room))),
    "room-closed",
  )
  lostBy("replaced by its double", (room) => Effect.scoped(joinAssistant(room)), "replaced")

  test(
    "survives a cut of its own connection, silently",
    Effect.gen(function* () {
      const server = yield* TestServer
      const line = yield* CutLine.make(server.httpUrl)
      const request = yield* requestFor(room)
      const grant = { ...request.grant, url: new URL(line.url.replace("http", "ws")) }
      const ada = yield* joinPerson(server, room, "ada")
      const { lost, transport } = yield* Effect.flatMap(AssistantRoom, (assistants) =>
        assistants.join({ ...request, grant }),
      )
      const taken = yield* collect(transport)
      const gone = yield* Effect.fork(lost)
      yield* eventually(() => audioOf(taken).length > 0 && ada.isListening, "audio")
      yield* line.cut
      yield* Effect.sleep("300 millis")
      yield* line.mend
      yield* Effect.sleep("2 seconds")
      yield* Effect.promise(() => ada.say(440, 600))
      yield* eventually(() => millisOf(taken, 440) >= 300, "the person is heard")
      yield* transport.write(voice(200))
      yield* eventually(() => ada.playedMillis > 100, "the assistant is heard")
      assert.isNull(gone.unsafePoll())
      assert.deepStrictEqual(tags(taken), ["Connected"])
    }),
  )
}

export const rooms = (sdk: Sdk) =>
  describeLiveKit(`The assistant in a LiveKit room, SDK ${sdk}`, () => {
    const test = tester(sdk)
    joining(test)
    coming(test)
    hearing(test)
    losing(test)
  })
