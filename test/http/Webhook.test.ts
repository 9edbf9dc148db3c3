import { request as rawRequest } from "node:http"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect, Layer, Logger, LogLevel, Option } from "effect"
import { MediaEvent } from "../../src/domain/media/MediaEvent.ts"
import { MediaWebhook, WebhookRefused } from "../../src/domain/media/MediaWebhook.ts"
import { Server } from "../../src/http/Server.ts"
import * as Webhook from "../../src/http/Webhook.ts"
import { MediaEvents } from "../../src/services/MediaEvents.ts"
import * as TalkOverWebSocket from "../../src/services/TalkOverWebSocket.ts"
import { makeWorld } from "../support/TalkWorld.ts"
import { testServer } from "./TestServer.ts"

/** Signs the bytes, as a media server would. */
const sign = (body: string | Uint8Array) => new Bun.CryptoHasher("sha256").update(body).digest("hex")

const received: Array<string> = []

const webhook = Webhook.layer.pipe(
  Layer.provide([
    Layer.succeed(MediaWebhook, {
      receive: (body, authorization) => {
        if (Option.getOrElse(authorization, () => "") !== sign(body)) {
          return new WebhookRefused({ detail: "the body is not what was signed" })
        }
        if (body === "again") return Effect.succeedNone
        const at = DateTime.unsafeMake("2026-11-01T12:00:00Z")
        return Effect.succeedSome(MediaEvent.Other({ room: "parley-x", name: body, at }))
      },
    }),
    Layer.succeed(MediaEvents, {
      received: (event) => Effect.sync(() => void received.push(event._tag === "Other" ? event.name : event._tag)),
    }),
  ]),
)

const talk = Layer.merge(TalkOverWebSocket.layer.pipe(Layer.provide(makeWorld().layer)), webhook)
const serving = testServer({}, {}, talk).pipe(Layer.provide(Logger.minimumLogLevel(LogLevel.None)))

interface Post {
  readonly method?: string
  readonly path?: string
  readonly headers?: Record<string, string | undefined>
  /** In pieces, without telling its length. */
  readonly chunked?: boolean
}

const posted = (
  body: string | Uint8Array,
  { chunked, headers, method = "POST", path = Webhook.webhookPath }: Post = {},
) =>
  Effect.flatMap(Server, ({ url }) =>
    Effect.async<{ readonly status: number; readonly text: string }>((resume) => {
      const all: Record<string, string | undefined> = {
        "content-type": "application/webhook+json",
        authorization: sign(body),
        ...headers,
      }
      const request = rawRequest(new URL(path, url), { method }, (response) => {
        let text = ""
        response.on("data", (piece) => (text += String(piece)))
        response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, text })))
      })
      for (const [name, value] of Object.entries(all)) if (value !== undefined) request.setHeader(name, value)
      if (chunked !== true) return void request.setHeader("content-length", Buffer.byteLength(body)).end(body)
      for (let from = 0; from < body.length; from += 1_000) request.write(body.slice(from, from + 1_000))
      request.end()
    }),
  )

const news = () => received.splice(0)

layer(serving, { excludeTestServices: true })("the media server's posts", (it) => {
  it.effect("are taken when they are signed, byte for byte", () =>
    Effect.gen(function* () {
      const odd = '\uFEFF{ "event" :\t"room_started","ä":"\u{1F399}" }\r\n'
      assert.deepStrictEqual(yield* posted(odd), { status: 200, text: "" })
      assert.deepStrictEqual(news(), [odd])
      const long = "x".repeat(60_000)
      assert.strictEqual((yield* posted(long, { chunked: true })).status, 200)
      assert.deepStrictEqual(news(), [long])
    }),
  )

  it.effect("are answered but not taken twice", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* posted("again")).status, 200)
      assert.deepStrictEqual(news(), [])
    }),
  )

  it.effect("are refused when they are somebody else's", () =>
    Effect.gen(function* () {
      for (const authorization of [undefined, "", "Bearer x", sign("other")]) {
        const { status, text } = yield* posted("body", { headers: { authorization } })
        assert.strictEqual(status, 401)
        assert.include(JSON.parse(text), {
          code: "unauthorized",
          message: "webhook refused: the body is not what was signed",
        })
      }
      assert.deepStrictEqual(news(), [])
    }),
  )

  it.effect("are of their own type, in UTF-8, and not larger than may be", () =>
    Effect.gen(function* () {
      for (const type of [undefined, "application/json", "text/plain"]) {
        const { status, text } = yield* posted("body", { headers: { "content-type": type } })
        assert.deepStrictEqual([status, JSON.parse(text).issues[0].path], [400, ["content-type"]])
      }
      assert.strictEqual(
        (yield* posted("body", { headers: { "content-type": "Application/Webhook+JSON; charset=utf-8" } })).status,
        200,
      )
      const broken = yield* posted(new Uint8Array([0x7b, 0xff, 0x7d]))
      assert.deepStrictEqual([broken.status, JSON.parse(broken.text).issues[0].path], [400, ["body"]])
      const large = "x".repeat(70_000)
      assert.strictEqual((yield* posted(large)).status, 413)
      const untold = yield* posted(large, { chunked: true })
      assert.deepStrictEqual([untold.status, JSON.parse(untold.text).code], [413, "payload_too_large"])
      assert.deepStrictEqual(news(), ["body"])
    }),
  )

  it.effect("may call this server by any name, which nobody else may", () =>
    Effect.gen(function* () {
      const headers = { host: "parley-api:4000" }
      assert.strictEqual((yield* posted("named", { headers })).status, 200)
      assert.deepStrictEqual(news(), ["named"])
      for (const path of ["/v1/conversations", `${Webhook.webhookPath}/`, "/v1/livekit", "/V1/livekit/webhook"]) {
        assert.strictEqual((yield* posted("{}", { path, headers })).status, 403, path)
      }
    }),
  )

  it.effect("never come from a page", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      for (const headers of [
        { origin: url.origin },
        { origin: "http://evil.example" },
        { origin: "null" },
        { "sec-fetch-site": "same-origin" },
        { "sec-fetch-site": "none" },
      ]) {
        assert.strictEqual((yield* posted("body", { headers })).status, 403)
      }
      assert.deepStrictEqual(news(), [])
    }),
  )

  it.effect("are posts", () =>
    Effect.gen(function* () {
      for (const method of ["PUT", "DELETE"]) assert.strictEqual((yield* posted("body", { method })).status, 404)
      assert.deepStrictEqual(news(), [])
    }),
  )
})
