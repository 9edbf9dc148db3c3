import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Redacted, Schema } from "effect"
import { TokenVerifier } from "livekit-server-sdk"
import { MediaServer } from "../../../src/domain/media/MediaServer.ts"
import * as LiveKitMediaServer from "../../../src/infra/livekit/LiveKitMediaServer.ts"
import { current, options } from "./LiveKitSamples.ts"

const Times = Schema.Struct({ exp: Schema.Int, nbf: Schema.Int })

/** All claims of a token that the current key signed, apart from its times. */
const claimsOf = (token: Redacted.Redacted) =>
  Effect.promise(() =>
    new TokenVerifier(current.key, Redacted.value(current.secret)).verify(Redacted.value(token)),
  ).pipe(Effect.map(({ exp, nbf, ...claims }) => ({ claims, times: Schema.decodeUnknownSync(Times)({ exp, nbf }) })))

const request = { room: "blue", identity: "person-1", name: "Ada" }
const lifetimeSecondsMax = 600

describe("tokens say exactly what they must, and nothing else", () => {
  it.live("a person may talk, hear and send data in one room", () =>
    Effect.gen(function* () {
      const { personGrant } = yield* MediaServer
      const grant = yield* personGrant(request)
      const { claims, times } = yield* claimsOf(grant.token)
      assert.deepStrictEqual<unknown>(claims, {
        iss: "current",
        sub: "person-1",
        name: "Ada",
        video: {
          room: "blue",
          roomJoin: true,
          canPublish: true,
          canPublishSources: ["microphone"],
          canSubscribe: true,
          canPublishData: true,
          canUpdateOwnMetadata: false,
        },
      })
      assert.strictEqual(grant.url.href, "wss://media.example.com/")
      assert.strictEqual(DateTime.toEpochMillis(grant.expiresAt), times.exp * 1_000)
      assert.isAtMost(times.exp - times.nbf, lifetimeSecondsMax)
      assert.deepStrictEqual([grant.room, grant.identity], ["blue", "person-1"])
      assert.notInclude(JSON.stringify(grant), Redacted.value(grant.token))
    }).pipe(Effect.provide(LiveKitMediaServer.layer(options()))),
  )

  it.live("the assistant is an agent, and may say how it is by its attributes", () =>
    Effect.gen(function* () {
      const { agentGrant } = yield* MediaServer
      const grant = yield* agentGrant({ room: "blue", identity: "assistant-1", name: "Parley" })
      const { claims, times } = yield* claimsOf(grant.token)
      assert.deepStrictEqual<unknown>(claims, {
        iss: "current",
        sub: "assistant-1",
        name: "Parley",
        kind: "agent",
        video: {
          room: "blue",
          roomJoin: true,
          canPublish: true,
          canPublishSources: ["microphone"],
          canSubscribe: true,
          canPublishData: true,
          canUpdateOwnMetadata: true,
        },
      })
      assert.strictEqual(grant.url.href, "ws://media.internal:7880/")
      assert.isAtMost(times.exp - times.nbf, lifetimeSecondsMax)
    }).pipe(Effect.provide(LiveKitMediaServer.layer(options()))),
  )

  it.live("a worker gets in among the workers, and into no room", () =>
    Effect.gen(function* () {
      const { workerGrant } = yield* MediaServer
      const { token, url } = yield* workerGrant
      const { claims, times } = yield* claimsOf(token)
      assert.deepStrictEqual<unknown>(claims, { iss: "current", video: { agent: true } })
      assert.strictEqual(url.href, "ws://media.internal:7880/")
      assert.isAtMost(times.exp - times.nbf, lifetimeSecondsMax)
    }).pipe(Effect.provide(LiveKitMediaServer.layer(options()))),
  )
})
