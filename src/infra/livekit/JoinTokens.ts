import type { VideoGrant } from "livekit-server-sdk"
import { DateTime, Duration, Effect, Redacted, Schema } from "effect"
import type { JoinGrant, JoinRequest, WorkerGrant } from "../../domain/media/MediaServer.ts"
import { type LiveKitOptions, webSocketUrl } from "./LiveKitOptions.ts"
import type { LiveKitSdk } from "./LiveKitSdk.ts"

/** Only for coming in: whoever is in a room gets a fresh token from the server now and then. */
export const tokenLifetime = Duration.minutes(10)

export type Role = "person" | "agent"

/** Each one is said, since the server takes what is left out for a yes in some and for a no in others. */
const grantOf = ({ server }: LiveKitSdk, role: Role, room: string): VideoGrant => ({
  room,
  roomJoin: true,
  canPublish: true,
  canPublishSources: [server.TrackSource.MICROPHONE],
  canSubscribe: true,
  canPublishData: true,
  // An agent says how it is by its own attributes; a person's name and attributes are ours to give.
  canUpdateOwnMetadata: role === "agent",
})

const Claims = Schema.parseJson(Schema.Struct({ exp: Schema.Int }))

const expiryOf = (token: string) =>
  Schema.decode(Claims)(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).pipe(
    Effect.map(({ exp }) => DateTime.unsafeMake(exp * 1_000)),
    Effect.orDie,
  )

const ttl = Duration.toSeconds(tokenLifetime)

/** One identity in one room, for as long as `tokenLifetime`. */
export const joinGrant = Effect.fnUntraced(function* (
  sdk: LiveKitSdk,
  options: LiveKitOptions,
  role: Role,
  { identity, name, room }: JoinRequest,
) {
  const { key, secret } = options.keys[0]
  const unsigned = new sdk.server.AccessToken(key, Redacted.value(secret), { identity, name, ttl })
  unsigned.addGrant(grantOf(sdk, role, room))
  if (role === "agent") unsigned.kind = "agent"
  const token = yield* Effect.promise(() => unsigned.toJwt())
  return {
    url: webSocketUrl(role === "agent" ? options.url : options.publicUrl),
    token: Redacted.make(token),
    room,
    identity,
    expiresAt: yield* expiryOf(token),
  } satisfies JoinGrant
})

/** No room and no identity: it only lets in among the workers. */
export const workerGrant = Effect.fnUntraced(function* (sdk: LiveKitSdk, { keys, url }: LiveKitOptions) {
  const unsigned = new sdk.server.AccessToken(keys[0].key, Redacted.value(keys[0].secret), { ttl })
  unsigned.addGrant({ agent: true })
  const token = Redacted.make(yield* Effect.promise(() => unsigned.toJwt()))
  return { url: webSocketUrl(url), token } satisfies WorkerGrant
})
