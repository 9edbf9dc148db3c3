import { request as rawRequest } from "node:http"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Exit, HashMap, Layer, Logger, LogLevel, Scope } from "effect"
import { Server } from "../../src/http/Server.ts"
import { ada } from "../agent/transport/People.ts"
import { broken, foreign, own, testServer, unknown, unreachable } from "./TestServer.ts"

const ask = (path: string, init: RequestInit = {}) =>
  Effect.flatMap(Server, ({ url }) => Effect.promise(() => Bun.fetch(new URL(path, url), init)))

const json = (path: string, init?: RequestInit) =>
  Effect.flatMap(ask(path, init), (response) =>
    Effect.promise(async () => ({ status: response.status, headers: response.headers, body: await response.json() })),
  )

/** `fetch` decides itself what some headers say. */
const askAs = (path: string, headers: Record<string, string>, method = "GET") =>
  Effect.flatMap(Server, ({ url }) =>
    Effect.async<number>((resume) => {
      const request = rawRequest(new URL(path, url), { method, headers }, (response) => {
        response.resume()
        resume(Effect.succeed(response.statusCode ?? 0))
      })
      request.end()
    }),
  )

const quiet = Logger.minimumLogLevel(LogLevel.None)

const serving = layer(testServer().pipe(Layer.provide(quiet)), { excludeTestServices: true })

serving("the API", (it) => {
  it.effect("tells what the installation is made of, and who one is", () =>
    Effect.gen(function* () {
      const system = yield* json("/v1/system")
      assert.strictEqual(system.status, 200)
      assert.strictEqual(system.body.assistantName, "Parley")
      const me = yield* json("/v1/me")
      assert.deepStrictEqual([me.status, me.body.id, me.body.email], [200, ada.id, ada.email])
    }),
  )

  it.effect("lists a person's own conversations by pages", () =>
    Effect.gen(function* () {
      const page = yield* json("/v1/conversations?limit=7")
      assert.strictEqual(page.status, 200)
      assert.strictEqual(page.body.items[0].title, `7 of ${ada.id}`)
      assert.strictEqual(page.body.next, "more")
      const usual = yield* json("/v1/conversations")
      assert.strictEqual(usual.body.items[0].title, `20 of ${ada.id}`)
    }),
  )

  it.effect("shows one, and removes it", () =>
    Effect.gen(function* () {
      const found = yield* json(`/v1/conversations/${own}`)
      assert.deepStrictEqual([found.status, found.body.conversation.id], [200, own])
      const removed = yield* ask(`/v1/conversations/${own}`, { method: "DELETE" })
      assert.strictEqual(removed.status, 204)
    }),
  )

  for (const method of ["GET", "DELETE"]) {
    for (const [whose, id] of [
      ["of somebody else", foreign],
      ["of nobody", unknown],
    ] as const) {
      it.effect(`does not find a conversation ${whose} (${method})`, () =>
        Effect.gen(function* () {
          const { body, headers, status } = yield* json(`/v1/conversations/${id}`, { method })
          assert.strictEqual(status, 404)
          assert.deepStrictEqual(body, {
            _tag: "NotFound",
            code: "not_found",
            message: `there is no conversation ${id}`,
            requestId: headers.get("x-request-id"),
          })
        }),
      )
    }
  }

  const bad = [
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=many", "limit"],
    [`cursor=${"x".repeat(201)}`, "cursor"],
  ] as const
  for (const [query, field] of bad) {
    it.effect(`says what is wrong where with ${query.slice(0, 12)}`, () =>
      Effect.gen(function* () {
        const { body, headers, status } = yield* json(`/v1/conversations?${query}`)
        assert.deepStrictEqual([status, body._tag, body.code], [400, "BadRequest", "bad_request"])
        assert.deepStrictEqual(body.issues[0].path, [field])
        assert.isAbove(body.issues[0].message.length, 0)
        assert.strictEqual(body.requestId, headers.get("x-request-id"))
      }),
    )
  }

  it.effect("says so when the store does not answer, without its secrets", () =>
    Effect.gen(function* () {
      const { body, status } = yield* json(`/v1/conversations/${unreachable}`)
      assert.deepStrictEqual([status, body.code], [503, "unavailable"])
      assert.notInclude(JSON.stringify(body), "secret")
    }),
  )

  it.effect("lets nothing of a defect out", () =>
    Effect.gen(function* () {
      const { body, headers, status } = yield* json(`/v1/conversations/${broken}`)
      assert.strictEqual(status, 500)
      assert.deepStrictEqual(body, {
        _tag: "InternalError",
        code: "internal",
        message: "something went wrong on our side",
        requestId: headers.get("x-request-id"),
      })
    }),
  )

  for (const path of ["/v1/nothing", "/nothing", "/v1/conversations/not-an-id/more"]) {
    it.effect(`answers 404 in the shape of all errors at ${path}`, () =>
      Effect.gen(function* () {
        const { body, headers, status } = yield* json(path)
        assert.strictEqual(status, 404)
        assert.deepStrictEqual(body, {
          _tag: "NotFound",
          code: "not_found",
          message: "there is nothing at this address",
          requestId: headers.get("x-request-id"),
        })
      }),
    )
  }

  it.effect("takes a request id that is one, and makes its own for others", () =>
    Effect.gen(function* () {
      const given = yield* ask("/v1/system", { headers: { "x-request-id": "from-a-proxy-1" } })
      assert.strictEqual(given.headers.get("x-request-id"), "from-a-proxy-1")
      const odd = yield* ask("/v1/system", { headers: { "x-request-id": "<script>" } })
      assert.match(odd.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/)
    }),
  )

  it.effect("refuses a body that is too large", () =>
    Effect.gen(function* () {
      const { body, status } = yield* json("/v1/system", { method: "POST", body: "x".repeat(70_000) })
      assert.deepStrictEqual([status, body.code], [413, "payload_too_large"])
    }),
  )

  it.effect("describes itself", () =>
    Effect.gen(function* () {
      const { body } = yield* json("/openapi.json")
      assert.containsAllKeys(body.paths, ["/v1/conversations/{id}", "/v1/system"])
      const docs = yield* ask("/docs")
      assert.strictEqual(docs.status, 200)
      const html = yield* Effect.promise(() => docs.text())
      assert.include(html, "/v1/conversations")
      assert.notMatch(html.slice(-2_000), /<script src=/)
      assert.include(docs.headers.get("content-security-policy") ?? "", "script-src 'unsafe-inline'")
    }),
  )

  it.effect("answers 426 where only a voice socket is taken, 400 for a return to nothing", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* json("/v1/voice")).body.code, "upgrade_required")
      assert.strictEqual((yield* json("/v1/voice?resume=x")).body.issues[0].path[0], "resume")
    }),
  )
})

serving("who may ask", (it) => {
  it.effect("refuses other names for this machine, for everything", () =>
    Effect.gen(function* () {
      for (const path of ["/v1/system", "/", "/openapi.json", "/docs"]) {
        assert.strictEqual(yield* askAs(path, { host: "evil.example:80" }), 403, path)
        assert.strictEqual(yield* askAs(path, { host: "127.0.0.1.evil.example" }), 403, path)
      }
      for (const host of ["localhost:1", "127.0.0.1", "[::1]:9", "parley.localhost"]) {
        assert.strictEqual(yield* askAs("/v1/system", { host }), 200, host)
      }
    }),
  )

  it.effect("takes changes from its own pages and from programs only", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const remove = (headers: Record<string, string>) => askAs(`/v1/conversations/${own}`, headers, "DELETE")
      assert.strictEqual(yield* remove({}), 204)
      assert.strictEqual(yield* remove({ origin: url.origin }), 204)
      assert.strictEqual(yield* remove({ origin: "http://evil.example" }), 403)
      assert.strictEqual(yield* remove({ origin: "null" }), 403)
      assert.strictEqual(yield* remove({ origin: `${url.origin}0` }), 403)
      assert.strictEqual(yield* remove({ "sec-fetch-site": "cross-site" }), 403)
    }),
  )
})

serving("the web app", (it) => {
  it.effect("comes with its files, compressed, cached and locked down", () =>
    Effect.gen(function* () {
      const page = yield* ask("/")
      const html = yield* Effect.promise(() => page.text())
      assert.strictEqual(page.status, 200)
      assert.match(page.headers.get("content-type") ?? "", /text\/html/)
      assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'.*frame-ancestors 'none'/)
      assert.strictEqual(page.headers.get("x-content-type-options"), "nosniff")
      assert.match(page.headers.get("permissions-policy") ?? "", /microphone=\(self\)/)
      const path = /src="(\/[^"]+\.js)"/.exec(html)?.[1] ?? assert.fail("no script")
      const script = yield* ask(path)
      assert.match(yield* Effect.promise(() => script.text()), /document\.title/)
      assert.match(script.headers.get("content-type") ?? "", /javascript/)
      assert.strictEqual(script.headers.get("content-encoding"), "gzip")
      assert.match(script.headers.get("cache-control") ?? "", /immutable/)
      const again = yield* ask(path, { headers: { "if-none-match": script.headers.get("etag") ?? "" } })
      assert.strictEqual(again.status, 304)
      const whole = yield* ask(path, { headers: { "accept-encoding": "identity" } })
      assert.isNull(whole.headers.get("content-encoding"))
    }),
  )

  it.effect("answers at the addresses of conversations too", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ask(`/conversations/${own}`)).status, 200)
      assert.strictEqual((yield* ask("/", { method: "POST" })).status, 404)
    }),
  )

  it.effect("is healthy and ready", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* ask("/healthz")).status, 200)
      assert.strictEqual((yield* ask("/readyz")).status, 200)
    }),
  )
})

describe("listening", () => {
  it.scopedLive("says whose fault it is when the port is taken, and the way out", () =>
    Effect.gen(function* () {
      const { url } = yield* Effect.flatMap(Layer.build(testServer()), (context) => Effect.provide(Server, context))
      const port = Number(url.port)
      const error = yield* Effect.flip(Effect.scoped(Layer.build(testServer({ port }))))
      assert.strictEqual(error._tag, "PortBusy")
      assert.include(error.message, `port ${port} on 127.0.0.1 is taken`)
      assert.include(error.message, "--port")
    }),
  )

  it.scopedLive("says what is wrong with an address that is not this machine's", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.build(testServer({ hostname: "192.0.2.1" })))
      assert.strictEqual(error._tag, "ListenFailed")
    }),
  )

  it.scopedLive("lets the port go when it stops", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(testServer(), scope)
      const { url } = yield* Effect.provide(Server, context)
      yield* Scope.close(scope, Exit.void)
      yield* Layer.build(testServer({ port: Number(url.port) }))
    }),
  )
})

describe("the access log", () => {
  it.scopedLive("has a line for each request, with routes instead of addresses", () =>
    Effect.gen(function* () {
      const lines: Array<Record<string, unknown>> = []
      const collector = Logger.make(({ annotations, message }) => {
        lines.push({ message: String(message), ...Object.fromEntries(HashMap.toEntries(annotations)) })
      })
      const logging = [Logger.replace(Logger.defaultLogger, collector), Logger.minimumLogLevel(LogLevel.Debug)] as const
      const context = yield* Layer.build(testServer().pipe(Layer.provide(logging)))
      const headers = { "x-request-id": "request-number-1" }
      yield* Effect.provide(ask(`/v1/conversations/${foreign}`, { headers }), context)
      const line = lines.find(({ message }) => message === "request")
      assert.isNumber(line?.["millis"])
      assert.deepStrictEqual(
        { ...line, millis: 0 },
        {
          message: "request",
          method: "GET",
          route: "/v1/conversations/:id",
          status: 404,
          millis: 0,
          requestId: "request-number-1",
        },
      )
    }),
  )
})
