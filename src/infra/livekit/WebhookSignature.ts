import { Duration, Effect, Option, Predicate, Redacted } from "effect"
import { WebhookRefused } from "../../domain/media/MediaWebhook.ts"
import type { ApiKey } from "./LiveKitOptions.ts"
import type { LiveKitSdk } from "./LiveKitSdk.ts"

/** How far the server's clock and ours may be apart. */
export const clockSkewMax = Duration.minutes(1)

const refuse = (detail: string) => new WebhookRefused({ detail })

/** Which key a token says that it is signed with. Not to be believed yet. */
const issuerOf = (token: string): Option.Option<string> =>
  Option.liftThrowable((): unknown =>
    JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()),
  )().pipe(
    Option.filter(Predicate.hasProperty("iss")),
    Option.map(({ iss }) => iss),
    Option.filter(Predicate.isString),
  )

const whyNot = (error: unknown): string => {
  const code = Predicate.hasProperty(error, "code") ? String(error.code) : ""
  if (code === "ERR_JWT_EXPIRED") return "its signature has expired"
  if (code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED") return "its signature is not that of the key it names"
  return "its authorization header is not a token of LiveKit's"
}

const digestOf = (body: string) => new Bun.CryptoHasher("sha256").update(body).digest("base64")

/**
 * Believes a body whose hash is signed, in the `Authorization` header, with any of the keys. The token is good for 5 minutes
 * from when the server sent it.
 */
export const verify = Effect.fnUntraced(function* (
  { server }: LiveKitSdk,
  keys: ReadonlyArray<ApiKey>,
  body: string,
  authorization: Option.Option<string>,
) {
  const token = Option.getOrElse(authorization, () => "").replace(/^Bearer /i, "")
  if (token === "") return yield* refuse("it has no authorization header")
  const issuer = issuerOf(token)
  if (Option.isNone(issuer)) return yield* refuse("its authorization header is not a token of LiveKit's")
  const signer = keys.find(({ key }) => key === issuer.value)
  if (signer === undefined) return yield* refuse("it is signed with an API key that is not configured here")
  const verifier = new server.TokenVerifier(signer.key, Redacted.value(signer.secret))
  const claims = yield* Effect.tryPromise({
    try: () => verifier.verify(token, Duration.toSeconds(clockSkewMax)),
    catch: (error) => refuse(whyNot(error)),
  })
  if (claims.sha256 !== digestOf(body)) return yield* refuse("its body is not the one that was signed")
})
