import { assert, layer } from "@effect/vitest"
import { Context, DateTime, Effect, Layer, Logger, LogLevel } from "effect"
import { inMediaRoom } from "../../src/domain/conversation/MediaRoom.ts"
import { newConversation } from "../../src/domain/conversation/NewConversation.ts"
import { Server } from "../../src/http/Server.ts"
import * as Webhook from "../../src/http/Webhook.ts"
import * as TalkOverLiveKit from "../../src/services/TalkOverLiveKit.ts"
import { ada, bob } from "../agent/transport/People.ts"
import { makeWorld } from "../support/TalkWorld.ts"
import { foreign, own, serverOptions, testServer, unknown, unreachable } from "./TestServer.ts"

class TheWorld extends Context.Tag("test/http/TheWorld")<TheWorld, ReturnType<typeof makeWorld>>() {}

const overLiveKit = Layer.unwrapEffect(
  Effect.map(TheWorld, (world) =>
    Layer.merge(TalkOverLiveKit.layer.pipe(Layer.provide(world.layer)), Webhook.layerNone),
  ),
)
const livekit = { ...serverOptions, system: { ...serverOptions.system, media: "livekit" as const } }
const quiet = Logger.minimumLogLevel(LogLevel.None)
const serving = Layer.unwrapEffect(
  Effect.sync(() => {
    const world = Layer.succeed(TheWorld, makeWorld())
    return testServer(livekit, {}, overLiveKit.pipe(Layer.provide(world))).pipe(
      Layer.provide(quiet),
      Layer.merge(world),
    )
  }),
)

const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  Effect.flatMap(Server, ({ url }) =>
    Effect.promise(async () => {
      const sent = body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body)
      const response = await Bun.fetch(new URL(path, url), {
        method,
        body: sent,
        headers: { "content-type": "application/json", ...headers },
      })
      const text = await response.text()
      return {
        status: response.status,
        requestId: response.headers.get("x-request-id"),
        body: text === "" ? undefined : JSON.parse(text),
      }
    }),
  )

const begin = (body: unknown = {}, headers?: Record<string, string>) => ask("POST", "/v1/conversations", body, headers)

layer(serving, { excludeTestServices: true })("live conversations over LiveKit", (it) => {
  it.effect("begin with a way into the room and a place in the queue", () =>
    Effect.gen(function* () {
      const world = yield* TheWorld
      const { body, status } = yield* begin({ record: true })
      assert.strictEqual(status, 201)
      const id = body.conversationId
      const { expiresAt, ...join } = body.join
      assert.deepStrictEqual(join, {
        _tag: "LiveKit",
        url: "ws://media.example:7880/",
        token: "token of Ada",
        room: `parley-${id}`,
        identity: ada.id,
      })
      assert.isTrue(DateTime.greaterThan(DateTime.unsafeMake(expiresAt), yield* DateTime.now))
      assert.isTrue(world.jobs.get(id)?.record)
      const place = yield* ask("GET", `/v1/conversations/${id}/place`)
      assert.deepStrictEqual([place.status, place.body], [200, { _tag: "Waiting", position: 1, estimateMillis: null }])
      world.held.add(id)
      const held = yield* ask("GET", `/v1/conversations/${id}/place`)
      assert.deepStrictEqual(held.body, { _tag: "Held", worker: "worker-1", fence: 1 })
      world.jobs.clear()
      world.held.clear()
    }),
  )

  it.effect("are recorded only when the person says so", () =>
    Effect.gen(function* () {
      const world = yield* TheWorld
      const { body } = yield* begin()
      assert.isFalse(world.jobs.get(body.conversationId)?.record)
    }),
  )

  it.effect("are joined again, and left, once for all", () =>
    Effect.gen(function* () {
      const world = yield* TheWorld
      const { body: begun } = yield* begin()
      const path = `/v1/conversations/${begun.conversationId}`
      const joined = yield* ask("POST", `${path}/join`)
      assert.deepStrictEqual([joined.status, joined.body.conversationId], [200, begun.conversationId])
      assert.strictEqual(joined.body.join.room, begun.join.room)
      assert.strictEqual((yield* ask("POST", `${path}/leave`)).status, 204)
      assert.strictEqual((yield* ask("POST", `${path}/leave`)).status, 204)
      assert.strictEqual(world.ends.get(begun.conversationId)?.reason, "left")
      assert.deepStrictEqual((yield* ask("GET", `${path}/place`)).body, { _tag: "Unknown" })
      const over = yield* ask("POST", `${path}/join`)
      assert.deepStrictEqual(
        [over.status, over.body],
        [
          404,
          {
            _tag: "NotFound",
            code: "not_found",
            message: `conversation ${begun.conversationId} is over; begin a new one`,
            requestId: over.requestId,
          },
        ],
      )
    }),
  )

  it.effect("are the same under the same key, which is no other request's", () =>
    Effect.gen(function* () {
      const key = { "idempotency-key": "one-click" }
      const [first, second] = yield* Effect.all([begin({}, key), begin({}, key)], { concurrency: 2 })
      assert.deepStrictEqual([first.status, second.status], [201, 201])
      assert.strictEqual(first.body.conversationId, second.body.conversationId)
      const other = yield* begin({ record: true }, key)
      assert.deepStrictEqual([other.status, other.body.code], [400, "bad_request"])
      assert.deepStrictEqual(other.body.issues, [
        { path: ["idempotency-key"], message: "this key came with another request before; take a new one" },
      ])
      const long = yield* begin({}, { "idempotency-key": "x".repeat(201) })
      assert.deepStrictEqual([long.status, long.body.issues[0].path], [400, ["idempotency-key"]])
    }),
  )

  it.effect("take the voice socket where that is asked for", () =>
    Effect.gen(function* () {
      const { body, status } = yield* begin({ over: "websocket" })
      assert.deepStrictEqual(
        [status, body],
        [201, { conversationId: null, join: { _tag: "WebSocket", path: "/v1/voice" } }],
      )
    }),
  )

  it.effect("are found by the person whose they are only", () =>
    Effect.gen(function* () {
      const world = yield* TheWorld
      const his = yield* newConversation(bob)
      world.rooms.set(his.room.id, his.room)
      world.conversations.set(his.conversation.id, inMediaRoom(his.conversation, false))
      for (const id of [his.conversation.id, unknown]) {
        for (const [method, what] of [
          ["POST", "join"],
          ["GET", "place"],
          ["POST", "leave"],
        ] as const) {
          const { body, requestId, status } = yield* ask(method, `/v1/conversations/${id}/${what}`)
          assert.deepStrictEqual(
            [status, body],
            [404, { _tag: "NotFound", code: "not_found", message: `there is no conversation ${id}`, requestId }],
          )
        }
      }
      assert.isFalse(world.ends.has(his.conversation.id))
    }),
  )

  const bad = [
    ["a yes that is none", { record: "yes" }, ["record"]],
    ["a way that there is not", { over: "telephone" }, ["over"]],
    ["a list", [], []],
    ["nothing", "", ["body"]],
    ["no JSON", "{", ["body"]],
    ["a text", "hello", ["body"]],
  ] as const
  for (const [name, body, path] of bad) {
    it.effect(`say what is wrong where with ${name}`, () =>
      Effect.gen(function* () {
        const world = yield* TheWorld
        const before = world.conversations.size
        const answer = yield* begin(body)
        assert.deepStrictEqual([answer.status, answer.body.code], [400, "bad_request"])
        assert.deepStrictEqual(answer.body.issues[0].path, path)
        assert.isAbove(answer.body.issues[0].message.length, 0)
        assert.strictEqual(answer.body.requestId, answer.requestId)
        assert.strictEqual(world.conversations.size, before)
      }),
    )
  }

  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"]) {
    it.effect(`take no ${type}`, () =>
      Effect.gen(function* () {
        const answer = yield* begin({}, { "content-type": type })
        assert.deepStrictEqual([answer.status, answer.body.code], [400, "bad_request"])
        assert.deepStrictEqual(answer.body.issues, [{ path: ["content-type"], message: "Expected application/json" }])
      }),
    )
  }

  it.effect("say which part of an address is no conversation's", () =>
    Effect.gen(function* () {
      for (const [method, what] of [
        ["POST", "join"],
        ["GET", "place"],
        ["POST", "leave"],
      ] as const) {
        const { body, status } = yield* ask(method, `/v1/conversations/mine/${what}`)
        assert.deepStrictEqual([status, body.issues[0].path], [400, ["id"]], what)
      }
    }),
  )

  it.effect("are refused in words while too many wait", () =>
    Effect.gen(function* () {
      const world = yield* TheWorld
      const { body: begun } = yield* begin()
      world.jobs.clear()
      world.state.waitingMax = 0
      const expected = {
        _tag: "Full",
        code: "full",
        message: "all assistants are taken, and 0 people wait already; try again in a moment",
      }
      for (const { body, requestId, status } of [
        yield* begin(),
        yield* ask("POST", `/v1/conversations/${begun.conversationId}/join`),
      ]) {
        assert.deepStrictEqual([status, body], [503, { ...expected, requestId }])
      }
      world.state.waitingMax = 10
    }),
  )

  for (const away of ["queue", "store"] as const) {
    it.effect(`cannot be had for now while the ${away} does not answer`, () =>
      Effect.gen(function* () {
        const world = yield* TheWorld
        const { body: begun } = yield* begin()
        world.away.add(away)
        const path = `/v1/conversations/${begun.conversationId}`
        const answers = [
          yield* begin(),
          yield* ask("POST", `${path}/join`),
          yield* ask("GET", `${path}/place`),
          yield* ask("POST", `${path}/leave`),
        ]
        world.away.delete(away)
        for (const { body, status } of answers) {
          assert.deepStrictEqual([status, body.code], [503, "unavailable"])
          assert.notInclude(JSON.stringify(body), "away")
        }
      }),
    )
  }

  it.effect("are begun by pages of this origin and by programs only", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      assert.strictEqual((yield* begin({}, { origin: url.origin })).status, 201)
      assert.strictEqual((yield* begin({}, { origin: "http://evil.example" })).status, 403)
    }),
  )

  it.effect("are described with the rest of the API", () =>
    Effect.gen(function* () {
      const { body } = yield* ask("GET", "/openapi.json")
      assert.containsAllKeys(body.paths, [
        "/v1/conversations/{id}/join",
        "/v1/conversations/{id}/place",
        "/v1/conversations/{id}/leave",
      ])
      const { parameters, responses } = body.paths["/v1/conversations"].post
      assert.include(parameters[0], { name: "idempotency-key", in: "header", required: false })
      assert.containsAllKeys(responses, ["201", "400", "401", "503"])
      assert.strictEqual((yield* ask("GET", "/v1/system")).body.media, "livekit")
    }),
  )

  it.effect("have no address of the media server's where there is none", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ask("POST", Webhook.webhookPath, {})).status, 404)
    }),
  )
})

layer(testServer().pipe(Layer.provide(quiet)), { excludeTestServices: true })(
  "live conversations without a media server",
  (it) => {
    it.effect("are held over the voice socket", () =>
      Effect.gen(function* () {
        const begun = yield* begin()
        assert.deepStrictEqual(
          [begun.status, begun.body],
          [201, { conversationId: null, join: { _tag: "WebSocket", path: "/v1/voice" } }],
        )
        const joined = yield* ask("POST", `/v1/conversations/${own}/join`)
        assert.deepStrictEqual(joined.body, {
          conversationId: own,
          join: { _tag: "WebSocket", path: `/v1/voice?resume=${own}` },
        })
        assert.deepStrictEqual((yield* ask("GET", `/v1/conversations/${own}/place`)).body, { _tag: "Unknown" })
        assert.strictEqual((yield* ask("POST", `/v1/conversations/${own}/leave`)).status, 204)
        assert.strictEqual((yield* ask("GET", "/v1/system")).body.media, "websocket")
      }),
    )

    it.effect("are found by the person whose they are only, while the store answers", () =>
      Effect.gen(function* () {
        for (const [id, expected] of [
          [foreign, 404],
          [unknown, 404],
          [unreachable, 503],
        ] as const) {
          assert.strictEqual((yield* ask("POST", `/v1/conversations/${id}/join`)).status, expected)
          assert.strictEqual((yield* ask("GET", `/v1/conversations/${id}/place`)).status, expected)
          assert.strictEqual((yield* ask("POST", `/v1/conversations/${id}/leave`)).status, expected)
        }
      }),
    )
  },
)
