import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger, LogLevel } from "effect"
import { Server } from "../../src/http/Server.ts"
import { foreign, own, recording, recordingLost, testServer, unknown, unreachable } from "./TestServer.ts"

const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  Effect.flatMap(Server, ({ url }) => Effect.promise(() => Bun.fetch(new URL(path, url), { method, headers })))

const bytesOf = (response: Response) =>
  Effect.map(
    Effect.promise(() => response.arrayBuffer()),
    (buffer) => [...new Uint8Array(buffer)],
  )

const bytes = (start: number, end: number) => Array.from({ length: end - start }, (_, index) => (start + index) % 256)

const audioOf = (conversation: string, id: string) => `/v1/conversations/${conversation}/recordings/${id}/audio`
const audio = audioOf(own, recording.id)

const serving = layer(testServer().pipe(Layer.provide(Logger.minimumLogLevel(LogLevel.None))), {
  excludeTestServices: true,
})

serving("recordings", (it) => {
  it.effect("are listed with a conversation, without where they are stored", () =>
    Effect.gen(function* () {
      const response = yield* ask(`/v1/conversations/${own}/recordings`)
      assert.strictEqual(response.status, 200)
      const { items } = yield* Effect.promise(() => response.json())
      assert.deepStrictEqual(items[0], {
        id: recording.id,
        conversationId: own,
        contentType: "audio/flac",
        sizeBytes: 1_000,
        startedAt: "2026-11-01T12:00:00.000Z",
        durationMillis: 2_000,
      })
    }),
  )

  it.effect("are heard whole", () =>
    Effect.gen(function* () {
      const response = yield* ask(audio)
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers.get("content-type"), "audio/flac")
      assert.strictEqual(response.headers.get("accept-ranges"), "bytes")
      assert.strictEqual(response.headers.get("cache-control"), "no-store")
      assert.deepStrictEqual(yield* bytesOf(response), bytes(0, 1_000))
    }),
  )

  it.effect("are heard in part", () =>
    Effect.gen(function* () {
      const response = yield* ask(audio, { range: "bytes=100-299" })
      assert.strictEqual(response.status, 206)
      assert.strictEqual(response.headers.get("content-range"), "bytes 100-299/1000")
      assert.strictEqual(response.headers.get("content-length"), "200")
      assert.deepStrictEqual(yield* bytesOf(response), bytes(100, 300))
      const end = yield* ask(audio, { range: "bytes=-10" })
      assert.strictEqual(end.headers.get("content-range"), "bytes 990-999/1000")
      assert.deepStrictEqual(yield* bytesOf(end), bytes(990, 1_000))
    }),
  )

  it.effect("have an end", () =>
    Effect.gen(function* () {
      const response = yield* ask(audio, { range: "bytes=1000-" })
      assert.strictEqual(response.status, 416)
      assert.strictEqual(response.headers.get("content-range"), "bytes */1000")
      assert.strictEqual((yield* Effect.promise(() => response.json())).code, "range_not_satisfiable")
    }),
  )

  it.effect("are sent whole when the range was of another one", () =>
    Effect.gen(function* () {
      const { headers } = yield* ask(audio)
      const same = yield* ask(audio, { range: "bytes=0-9", "if-range": headers.get("etag") ?? "" })
      assert.strictEqual(same.status, 206)
      const other = yield* ask(audio, { range: "bytes=0-9", "if-range": `"another"` })
      assert.strictEqual(other.status, 200)
      assert.lengthOf(yield* bytesOf(other), 1_000)
    }),
  )

  it.effect("tell their length without their sound", () =>
    Effect.gen(function* () {
      const response = yield* ask(audio, {}, "HEAD")
      assert.deepStrictEqual([response.status, response.headers.get("accept-ranges")], [200, "bytes"])
      assert.deepStrictEqual(yield* bytesOf(response), [])
    }),
  )

  for (const [whose, path] of [
    ["of somebody else", `/v1/conversations/${foreign}/recordings`],
    ["of nobody", `/v1/conversations/${unknown}/recordings`],
    ["heard of somebody else", audioOf(foreign, recording.id)],
    ["of another conversation of somebody else", audioOf(foreign, recordingLost.id)],
    ["unknown", audioOf(own, "00000000-0000-4000-8000-0000000000f9")],
    ["whose sound is not there", audioOf(own, recordingLost.id)],
  ] as const) {
    it.effect(`are not found: ${whose}`, () =>
      Effect.gen(function* () {
        const response = yield* ask(path)
        assert.strictEqual(response.status, 404)
        assert.strictEqual((yield* Effect.promise(() => response.json())).code, "not_found")
      }),
    )
  }

  it.effect("say so when the store does not answer", () =>
    Effect.gen(function* () {
      const response = yield* ask(audioOf(unreachable, recording.id), { range: "bytes=0-9" })
      assert.strictEqual(response.status, 503)
    }),
  )
})
