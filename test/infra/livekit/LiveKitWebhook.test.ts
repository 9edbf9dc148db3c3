import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Option, Redacted, Struct } from "effect"
import { AccessToken } from "livekit-server-sdk"
import type { MediaEvent } from "../../../src/domain/media/MediaEvent.ts"
import { MediaWebhook } from "../../../src/domain/media/MediaWebhook.ts"
import type { ApiKey } from "../../../src/infra/livekit/LiveKitOptions.ts"
import * as LiveKitWebhook from "../../../src/infra/livekit/LiveKitWebhook.ts"
import { apiKey, current, next, options } from "./LiveKitSamples.ts"

interface Post {
  readonly body: string
  readonly authorization: Option.Option<string>
}

/** What a LiveKit server with this key posts. */
const signed = (body: string, { key, secret }: ApiKey = current, ttl = "5m") =>
  Effect.promise(async (): Promise<Post> => {
    const token = new AccessToken(key, Redacted.value(secret), { ttl })
    token.sha256 = new Bun.CryptoHasher("sha256").update(body).digest("base64")
    return { body, authorization: Option.some(await token.toJwt()) }
  })

interface Written {
  readonly event: string
  readonly id: string
  /** Seconds. */
  readonly age?: number
  readonly more?: Record<string, unknown>
}

/** The server's JSON, which writes 64-bit numbers as strings. */
const written = ({ age = 0, event, id, more }: Written) =>
  Effect.map(Clock.currentTimeMillis, (nowMillis) => {
    const createdAt = Math.floor(nowMillis / 1_000) - age
    const room = { sid: "RM_1", name: "blue", creationTimeMs: "1795581291709" }
    return { createdAt, body: JSON.stringify({ event, room, id, createdAt: String(createdAt), ...more }) }
  })

const receive = ({ authorization, body }: Post) =>
  Effect.flatMap(MediaWebhook, (webhook) => webhook.receive(body, authorization))

const post = (event: Written, key: ApiKey = current) =>
  written(event).pipe(
    Effect.flatMap(({ body }) => signed(body, key)),
    Effect.flatMap(receive),
  )

const refusal = <A, R>(received: Effect.Effect<A, { readonly message: string }, R>) =>
  Effect.map(Effect.flip(received), ({ message }) => message)

const scenario = (name: string, test: () => Effect.Effect<void, unknown, MediaWebhook>) =>
  it.live(name, () => test().pipe(Effect.provide(LiveKitWebhook.layer(options()))))

describe("a webhook is believed", () => {
  scenario("with its event, told in our words", () =>
    Effect.gen(function* () {
      const told = (event: Written) =>
        Effect.gen(function* () {
          const { body, createdAt } = yield* written(event)
          return { event: Option.getOrThrow(yield* receive(yield* signed(body))), createdAt }
        })
      const participant = (kind?: string) => ({
        participant: { sid: "PA_1", identity: "someone", ...(kind === undefined ? {} : { kind }) },
      })
      const all = yield* Effect.all([
        told({ event: "room_started", id: "EV_1" }),
        told({ event: "room_finished", id: "EV_2", age: 3 }),
        told({ event: "participant_joined", id: "EV_3", more: participant() }),
        told({ event: "participant_joined", id: "EV_4", more: participant("AGENT") }),
        told({ event: "participant_left", id: "EV_5", more: participant("SIP") }),
        told({ event: "participant_connection_aborted", id: "EV_6", more: participant() }),
        told({ event: "track_published", id: "EV_7", more: { ...participant(), someNewField: 1 } }),
        told({ event: "egress_ended", id: "EV_8", more: { room: undefined, egressInfo: { roomName: "blue" } } }),
      ])
      const plain = (event: MediaEvent) => Struct.omit(event, "at")
      assert.deepStrictEqual<unknown>(
        all.map(({ event }) => plain(event)),
        [
          { _tag: "RoomStarted", room: "blue" },
          { _tag: "RoomFinished", room: "blue" },
          { _tag: "ParticipantJoined", room: "blue", identity: "someone", kind: "person" },
          { _tag: "ParticipantJoined", room: "blue", identity: "someone", kind: "agent" },
          { _tag: "ParticipantLeft", room: "blue", identity: "someone", kind: "other" },
          { _tag: "Other", room: "blue", name: "participant_connection_aborted" },
          { _tag: "Other", room: "blue", name: "track_published" },
          { _tag: "Other", room: "blue", name: "egress_ended" },
        ],
      )
      assert.deepStrictEqual(
        all.map(({ event }) => event.at.epochMillis),
        all.map(({ createdAt }) => createdAt * 1_000),
      )
    }),
  )

  scenario("signed with any of the live keys, with or without the word Bearer", () =>
    Effect.gen(function* () {
      assert.isTrue(Option.isSome(yield* post({ event: "room_started", id: "EV_1" }, current)))
      assert.isTrue(Option.isSome(yield* post({ event: "room_started", id: "EV_2" }, next)))
      const { body } = yield* written({ event: "room_started", id: "EV_3" })
      const { authorization } = yield* signed(body)
      const bearer = Option.map(authorization, (token) => `Bearer ${token}`)
      assert.isTrue(Option.isSome(yield* receive({ body, authorization: bearer })))
    }),
  )

  scenario("once, however often and in whatever order it comes", () =>
    Effect.gen(function* () {
      const { body } = yield* written({ event: "room_finished", id: "EV_2" })
      const original = yield* signed(body)
      assert.isTrue(Option.isSome(yield* receive(original)))
      assert.isTrue(Option.isSome(yield* post({ event: "room_started", id: "EV_1", age: 2 })))
      // The same request again, and the same event signed once more, as a server does that had no answer.
      assert.isTrue(Option.isNone(yield* receive(original)))
      assert.isTrue(Option.isNone(yield* receive(yield* signed(body, next))))
      assert.isTrue(Option.isSome(yield* post({ event: "room_finished", id: "EV_3" })))
    }),
  )

  scenario("once also when many copies come at the same time", () =>
    Effect.gen(function* () {
      const original = yield* Effect.flatMap(written({ event: "room_started", id: "EV_1" }), ({ body }) => signed(body))
      const answers = yield* Effect.replicateEffect(receive(original), 20, { concurrency: "unbounded" })
      assert.strictEqual(answers.filter(Option.isSome).length, 1)
    }),
  )
})

describe("a webhook is refused", () => {
  scenario("when its body is not the one that was signed", () =>
    Effect.gen(function* () {
      const { body } = yield* written({ event: "room_started", id: "EV_1" })
      const { authorization } = yield* signed(body)
      const altered = body.replace("blue", "glue")
      assert.include(yield* refusal(receive({ body: altered, authorization })), "not the one that was signed")
      const rewritten = JSON.stringify(JSON.parse(body), null, 1)
      assert.include(yield* refusal(receive({ body: rewritten, authorization })), "not the one that was signed")
      // A refused one is not remembered.
      assert.isTrue(Option.isSome(yield* receive({ body, authorization })))
    }),
  )

  scenario("when another key signed it, also under one of our names", () =>
    Effect.gen(function* () {
      const event = { event: "room_started", id: "EV_1" }
      assert.include(yield* refusal(post(event, apiKey("stranger"))), "an API key that is not configured here")
      const forged = apiKey("current", "not the secret of the current key, though long")
      assert.include(yield* refusal(post(event, forged)), "not that of the key it names")
      // A token for a room signs no body.
      const join = new AccessToken(current.key, Redacted.value(current.secret), { ttl: "5m", identity: "x" })
      const token = yield* Effect.promise(() => join.toJwt())
      const { body } = yield* written(event)
      assert.include(
        yield* refusal(receive({ body, authorization: Option.some(token) })),
        "not the one that was signed",
      )
    }),
  )

  scenario("when it is old, has lapsed, or lies in the future", () =>
    Effect.gen(function* () {
      assert.include(yield* refusal(post({ event: "room_started", id: "EV_1", age: 302 })), "too old")
      assert.isTrue(Option.isSome(yield* post({ event: "room_started", id: "EV_2", age: 290 })))
      assert.include(yield* refusal(post({ event: "room_started", id: "EV_3", age: -70 })), "in the future")
      const { body } = yield* written({ event: "room_started", id: "EV_4" })
      const lapsed = yield* signed(body, current, "-2m")
      assert.include(yield* refusal(receive(lapsed)), "has expired")
    }),
  )

  scenario("without an authorization, or with one that is no token", () =>
    Effect.gen(function* () {
      const { body } = yield* written({ event: "room_started", id: "EV_1" })
      for (const missing of [Option.none(), Option.some(""), Option.some("Bearer ")]) {
        assert.include(yield* refusal(receive({ body, authorization: missing })), "no authorization header")
      }
      const unsigned = `${btoa('{"alg":"none"}')}.${btoa('{"iss":"current","exp":9999999999}')}.`
      for (const garbage of ["garbage", "a.b.c", "Basic dXNlcjpwYXNz", unsigned, "..", `x.${btoa("null")}.y`]) {
        const message = yield* refusal(receive({ body, authorization: Option.some(garbage) }))
        assert.include(message, "not a token of LiveKit's", garbage)
      }
    }),
  )

  scenario("when what was signed is no event", () =>
    Effect.gen(function* () {
      for (const body of ["", "[]", "null", "{", '"x"', '{"createdAt":"soon"}']) {
        assert.include(yield* refusal(Effect.flatMap(signed(body), receive)), "not an event of LiveKit's", body)
      }
      assert.include(yield* refusal(post({ event: "room_started", id: "" })), "has no id")
      const long = " ".repeat(LiveKitWebhook.bodyCharsMax + 1)
      assert.include(yield* refusal(Effect.flatMap(signed(long), receive)), "too long")
    }),
  )
})
