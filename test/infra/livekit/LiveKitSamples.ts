import { Effect, Layer, Redacted } from "effect"
import * as LiveKitMediaServer from "../../../src/infra/livekit/LiveKitMediaServer.ts"
import type { ApiKey, LiveKitOptions } from "../../../src/infra/livekit/LiveKitOptions.ts"
import { liveKitServer } from "../../support/LiveKitServer.ts"

export const apiKey = (key: string, secret = `a secret of ${key} that is long enough`): ApiKey => ({
  key,
  secret: Redacted.make(secret),
})

export const current = apiKey("current")
export const next = apiKey("next")

export const options = (over: Partial<LiveKitOptions> = {}): LiveKitOptions => ({
  url: new URL("http://media.internal:7880"),
  publicUrl: new URL("https://media.example.com"),
  keys: [current, next],
  ...over,
})

/** The adapter over a real server of its own. */
export const layerReal = Layer.unwrapScoped(
  Effect.map(liveKitServer, ({ key, secret, url }) =>
    LiveKitMediaServer.layer({
      url: new URL(url),
      publicUrl: new URL(url),
      keys: [apiKey(key, secret)],
    }),
  ),
)

/** An error as the server writes it: with another content type the SDK does not read it. */
export const twirpError = (status: number, code: string) =>
  new Response(JSON.stringify({ code, msg: "no" }), { status, headers: { "content-type": "application/json" } })
