import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Option, Redacted } from "effect"
import * as LiveKitMediaServer from "../../../src/infra/livekit/LiveKitMediaServer.ts"
import * as LiveKitOptions from "../../../src/infra/livekit/LiveKitOptions.ts"
import * as LiveKitWebhook from "../../../src/infra/livekit/LiveKitWebhook.ts"
import { apiKey, options } from "./LiveKitSamples.ts"

const secret = "0123456789abcdef0123456789abcdef"
const whole = { LIVEKIT_URL: "wss://media.example.com", LIVEKIT_API_KEY: "one", LIVEKIT_API_SECRET: secret }

const from = (settings: Record<string, string>) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(settings))))

const refusalOf = (settings: Record<string, string>) =>
  Effect.flip(LiveKitOptions.config).pipe(Effect.map(String), from(settings))

describe("LiveKit's settings", () => {
  it.effect("browsers go to the same address unless told otherwise; one key is enough", () =>
    Effect.gen(function* () {
      const read = yield* LiveKitOptions.config.pipe(from(whole))
      assert.deepStrictEqual(
        [read.url.href, read.publicUrl.href],
        ["wss://media.example.com/", "wss://media.example.com/"],
      )
      assert.deepStrictEqual(
        read.keys.map(({ key, secret }) => [key, Redacted.value(secret)]),
        [["one", secret]],
      )
    }),
  )

  it.effect("while keys are changed there are two, of which the first signs", () =>
    Effect.gen(function* () {
      const read = yield* LiveKitOptions.config.pipe(
        from({
          ...whole,
          LIVEKIT_PUBLIC_URL: "wss://talk.example.com",
          LIVEKIT_API_KEY_NEXT: "two",
          LIVEKIT_API_SECRET_NEXT: `${secret}2`,
        }),
      )
      assert.strictEqual(read.publicUrl.href, "wss://talk.example.com/")
      assert.deepStrictEqual(
        read.keys.map(({ key }) => key),
        ["one", "two"],
      )
    }),
  )

  it.effect("half of a pair, a short secret, a double name and a foreign scheme are refused, in words", () =>
    Effect.gen(function* () {
      assert.include(yield* refusalOf({ ...whole, LIVEKIT_API_KEY_NEXT: "two" }), "belong together")
      const short = yield* refusalOf({ ...whole, LIVEKIT_API_SECRET: "0123456789abcdef0123456789abcde" })
      assert.include(short, "the secret of the API key one is shorter than 32 bytes")
      assert.include(short, "openssl rand -hex 32")
      assert.notInclude(short, "0123456789abcdef")
      const twice = { LIVEKIT_API_KEY_NEXT: "one", LIVEKIT_API_SECRET_NEXT: `${secret}2` }
      assert.include(yield* refusalOf({ ...whole, ...twice }), "two API keys have the same name")
      assert.include(yield* refusalOf({ ...whole, LIVEKIT_URL: "ftp://media.example.com" }), "begins with ftp://")
      const below = yield* refusalOf({ ...whole, LIVEKIT_PUBLIC_URL: "wss://example.com/livekit" })
      assert.include(below, "a URL has the path /livekit")
    }),
  )

  it.effect("a short secret of the key to come is refused like that of the present one", () =>
    Effect.gen(function* () {
      const next = { LIVEKIT_API_KEY_NEXT: "two", LIVEKIT_API_SECRET_NEXT: "short" }
      assert.include(yield* refusalOf({ ...whole, ...next }), "the secret of the API key two is shorter")
    }),
  )

  it.effect("without a URL there is no LiveKit; with one, nothing may be missing", () =>
    Effect.gen(function* () {
      assert.isTrue(Option.isNone(yield* LiveKitOptions.optionalConfig.pipe(from({}))))
      assert.isTrue(Option.isSome(yield* LiveKitOptions.optionalConfig.pipe(from(whole))))
      const half = yield* Effect.flip(LiveKitOptions.optionalConfig.pipe(from({ LIVEKIT_URL: whole.LIVEKIT_URL })))
      assert.include(String(half), "LIVEKIT_API_KEY")
    }),
  )

  it.scoped("neither half of the adapter is built with a weak secret, wherever that comes from", () =>
    Effect.gen(function* () {
      const weak = options({ keys: [apiKey("weak", "short")] })
      const mediaServer = yield* Effect.flip(Layer.build(LiveKitMediaServer.layer(weak)))
      assert.include(mediaServer.message, "the API key weak is shorter than 32 bytes")
      const webhook = yield* Effect.flip(Layer.build(LiveKitWebhook.layer(weak)))
      assert.strictEqual(webhook.message, mediaServer.message)
    }),
  )

  it("one address serves both protocols", () => {
    assert.strictEqual(LiveKitOptions.httpUrl(new URL("wss://a.example/x")).href, "https://a.example/x")
    assert.strictEqual(LiveKitOptions.webSocketUrl(new URL("http://a.example:7880")).href, "ws://a.example:7880/")
    assert.strictEqual(LiveKitOptions.webSocketUrl(new URL("wss://a.example")).href, "wss://a.example/")
  })
})
