import { Context, Effect, Option } from "effect"

/** Names one request in logs and errors: the caller's own, when it has the form of one. */
export class RequestId extends Context.Tag("parley/http/RequestId")<RequestId, string>() {}

export const requestIdHeader = "x-request-id"
const wellFormed = /^[A-Za-z0-9._-]{8,64}$/

export const requestIdOf = (headers: Headers): string => {
  const given = headers.get(requestIdHeader)
  return given !== null && wellFormed.test(given) ? given : crypto.randomUUID()
}

/** Of the request that is being answered. */
export const currentRequestId: Effect.Effect<string> = Effect.map(Effect.serviceOption(RequestId), (id) =>
  Option.getOrElse(id, () => "none"),
)
