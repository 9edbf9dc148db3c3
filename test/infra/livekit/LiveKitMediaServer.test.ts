import { assert, layer } from "@effect/vitest"
import { Clock, DateTime, Effect, Option, Redacted } from "effect"
import { MediaServer } from "../../../src/domain/media/MediaServer.ts"
import { describeLiveKit } from "../../support/LiveKitServer.ts"
import { join } from "./Joining.ts"
import { layerReal } from "./LiveKitSamples.ts"

const knock = (token: Redacted.Redacted, url: URL) =>
  Effect.async<"let in" | "refused">((resume) => {
    const door = new URL("/agent?protocol=1", url)
    door.searchParams.set("access_token", Redacted.value(token))
    const socket = new WebSocket(door)
    socket.addEventListener("open", () => {
      socket.close()
      resume(Effect.succeed("let in"))
    })
    socket.addEventListener("error", () => resume(Effect.succeed("refused")))
  }).pipe(Effect.timeout("5 seconds"))

const fresh = Effect.sync(() => `room-${crypto.randomUUID()}`)

describeLiveKit("over a real LiveKit server", () => {
  layer(layerReal, { excludeTestServices: true })((it) => {
    it.scoped("grants let people and assistants in, as what they are", () =>
      Effect.gen(function* () {
        const server = yield* MediaServer
        const name = yield* fresh
        const before = yield* Clock.currentTimeMillis
        yield* Effect.flatMap(server.personGrant({ room: name, identity: "person-1", name: "Ada" }), (grant) =>
          join(grant),
        )
        const agent = yield* Effect.flatMap(
          server.agentGrant({ room: name, identity: "assistant-1", name: "Parley" }),
          join,
        )
        yield* Effect.promise(async () => agent.room.localParticipant?.setAttributes({ "lk.agent.state": "listening" }))
        const found = yield* server.participants(name)
        assert.sameDeepMembers(
          found.map(({ identity, kind, name }) => ({ identity, kind, name })),
          [
            { identity: "person-1", kind: "person", name: "Ada" },
            { identity: "assistant-1", kind: "agent", name: "Parley" },
          ],
        )
        for (const { joinedAt } of found) assert.isAtLeast(DateTime.toEpochMillis(joinedAt), before - 2_000)

        const rooms = yield* server.rooms
        const room = rooms.find((room) => room.name === name)
        assert.isAtLeast(room?.createdAt.epochMillis ?? 0, before - 2_000)
      }),
    )

    it.scoped("whoever is removed is out, and the others stay", () =>
      Effect.gen(function* () {
        const server = yield* MediaServer
        const name = yield* fresh
        const one = yield* Effect.flatMap(server.personGrant({ room: name, identity: "one", name: "" }), (grant) =>
          join(grant),
        )
        yield* Effect.flatMap(server.personGrant({ room: name, identity: "two", name: "" }), (grant) => join(grant))
        yield* server.removeParticipant(name, "one")
        yield* one.out
        assert.deepStrictEqual(
          (yield* server.participants(name)).map(({ identity }) => identity),
          ["two"],
        )
        yield* server.removeParticipant(name, "one")
      }),
    )

    it.scoped("closing a room shows everybody out", () =>
      Effect.gen(function* () {
        const server = yield* MediaServer
        const name = yield* fresh
        const one = yield* Effect.flatMap(server.personGrant({ room: name, identity: "one", name: "" }), (grant) =>
          join(grant),
        )
        yield* server.closeRoom(name)
        yield* one.out
        assert.notInclude(
          (yield* server.rooms).map(({ name }) => name),
          name,
        )
        yield* server.closeRoom(name)
      }),
    )

    it.effect("a room that is not there has nobody in it, is closed, and waits for no assistant", () =>
      Effect.gen(function* () {
        const server = yield* MediaServer
        const name = yield* fresh
        assert.deepStrictEqual(yield* server.participants(name), [])
        // Asked outright, the server looks for it for 3 s and then calls itself unavailable.
        assert.deepStrictEqual(yield* server.dispatches(name).pipe(Effect.timeout("2 seconds")), [])
        yield* server.closeRoom(name)
        yield* server.removeParticipant(name, "nobody")
      }),
    )

    it.scoped("every room has the dispatch of the server's own, for assistants without a name", () =>
      Effect.gen(function* () {
        const server = yield* MediaServer
        const name = yield* fresh
        yield* Effect.flatMap(server.personGrant({ room: name, identity: "one", name: "" }), (grant) => join(grant))
        const [dispatch, ...others] = yield* server.dispatches(name)
        assert.deepStrictEqual(others, [])
        assert.deepStrictEqual([dispatch?.room, dispatch?.agentName, dispatch?.metadata], [name, "", ""])
        const createdAt = Option.fromNullable(dispatch).pipe(Option.flatMap(({ createdAt }) => createdAt))
        const now = yield* Clock.currentTimeMillis
        assert.closeTo(Option.getOrThrow(createdAt).epochMillis, now, 10_000)
      }),
    )

    it.scoped("a worker's grant opens the door of the workers, and a person's does not", () =>
      Effect.gen(function* () {
        const server = yield* MediaServer
        const worker = yield* server.workerGrant
        const person = yield* server.personGrant({ room: "any", identity: "one", name: "" })
        assert.strictEqual(yield* knock(person.token, person.url), "refused")
        assert.strictEqual(yield* knock(worker.token, worker.url), "let in")
      }),
    )
  })
})
