import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { MediaServer } from "../../../src/domain/media/MediaServer.ts"
import * as LiveKitMediaServer from "../../../src/infra/livekit/LiveKitMediaServer.ts"
import { options, twirpError } from "./LiveKitSamples.ts"

/** Something else, where LiveKit should be. */
const standIn = (answer: () => Response | Promise<Response>) =>
  Effect.acquireRelease(
    Effect.sync(() => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer })),
    (server) => Effect.promise(() => server.stop(true)),
  )

const at = (url: string) => LiveKitMediaServer.layer(options({ url: new URL(url) }))

const errorAt = (url: string) =>
  Effect.flatMap(MediaServer, (server) => Effect.flip(server.closeRoom("blue"))).pipe(Effect.provide(at(url)))

const refusals: ReadonlyArray<readonly [string, () => Response, string]> = [
  ["a key that it does not know", () => new Response("invalid API key: current", { status: 401 }), "refused"],
  ["a permission that is missing", () => twirpError(403, "permission_denied"), "refused"],
  ["another server's 404", () => new Response("not found", { status: 404 }), "refused"],
  ["a route that it does not have", () => twirpError(404, "bad_route"), "refused"],
  ["too many calls", () => twirpError(429, "resource_exhausted"), "unreachable"],
  ["a proxy without a server", () => new Response("bad gateway", { status: 502 }), "unreachable"],
  ["no node that answers", () => twirpError(503, "unavailable"), "unreachable"],
  ["a bug of its own", () => twirpError(500, "internal"), "failed"],
  ["an answer that is not LiveKit's", () => new Response("OK"), "failed"],
]

describe("what an answer means", () => {
  for (const [name, answer, reason] of refusals)
    it.scopedLive(`${name} is ${reason}`, () =>
      Effect.gen(function* () {
        const server = yield* standIn(answer)
        const error = yield* errorAt(server.url.href)
        assert.strictEqual(error.reason, reason, error.message)
        assert.strictEqual(error.operation, "closeRoom")
      }),
    )

  it.live("nobody there is unreachable", () =>
    Effect.map(errorAt("http://127.0.0.1:1"), ({ reason }) => assert.strictEqual(reason, "unreachable")),
  )

  it.scopedLive("the token that a server repeats is not told on", () =>
    Effect.gen(function* () {
      const token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJjdXJyZW50In0.signature"
      const server = yield* standIn(() => new Response(`invalid token: ${token}, error: expired`, { status: 401 }))
      const { message } = yield* errorAt(server.url.href)
      assert.include(message, "invalid token: (a token), error: expired")
    }),
  )

  it.scopedLive("a server that never answers is given up on in time", () =>
    Effect.gen(function* () {
      const server = yield* standIn(() => new Promise<Response>(() => {}))
      const error = yield* errorAt(server.url.href).pipe(Effect.timeout("10 seconds"))
      assert.include(error.message, "unreachable: no answer in 5s")
    }),
  )

  it.scopedLive("each call asks the server once", () =>
    Effect.gen(function* () {
      let asked = 0
      const server = yield* standIn(() => {
        asked += 1
        return new Response("bad gateway", { status: 502 })
      })
      yield* errorAt(server.url.href)
      assert.strictEqual(asked, 1)
    }),
  )
})
