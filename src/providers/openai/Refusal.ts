import { type HttpClientError, Headers } from "@effect/platform"
import { Clock, DateTime, Duration, Effect, Option, Schema } from "effect"
import type { ProviderError } from "../../domain/speech/ProviderError.ts"
import { RateLimited, Rejected, Unavailable } from "../../domain/speech/ProviderError.ts"
import { WireError } from "./ChatWire.ts"

type Reason = ProviderError["reason"]

/** Enough of a strange answer to know it again, in characters. */
const excerptMax = 200

export const excerpt = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").trim()
  return line.length > excerptMax ? `${line.slice(0, excerptMax)}…` : line
}

const decodeBody = Schema.decodeUnknownOption(
  Schema.parseJson(
    Schema.Union(
      Schema.Struct({ error: WireError }),
      // How FastAPI servers say it.
      Schema.Struct({ detail: Schema.String }),
      Schema.Struct({ message: Schema.String }),
    ),
  ),
)

/** The error object of a body, or None when there is none in it. */
export const errorIn = (body: string): Option.Option<WireError> =>
  Option.map(decodeBody(body), (found) => {
    if ("error" in found) return found.error
    return "detail" in found ? found.detail : found.message
  })

export const messageOf = (error: WireError): string =>
  typeof error === "string"
    ? error
    : (error.message ?? error.type ?? String(error.code ?? "an error without a message"))

const codeOf = (error: WireError): string =>
  typeof error === "string" ? "" : `${error.type ?? ""} ${error.code ?? ""}`.toLowerCase()

/** An error that came inside of an answer that had begun well. */
export const ofEvent = (error: WireError): Reason => {
  const code = codeOf(error)
  if (/rate_?limit|\b429\b/.test(code)) return new RateLimited({})
  if (/invalid|auth|permission|not_found|filter|quota|\b40[0134]\b/.test(code)) {
    return new Rejected({ detail: excerpt(messageOf(error)) })
  }
  return new Unavailable({ detail: excerpt(messageOf(error)) })
}

const retryAfter = (headers: Headers.Headers): Effect.Effect<Option.Option<Duration.Duration>> =>
  Effect.map(Clock.currentTimeMillis, (nowMillis) => {
    const header = (name: string) => Headers.get(headers, name)
    const millis = Option.map(header("retry-after-ms"), Number)
    const seconds = Option.map(header("retry-after"), (value) => Number(value) * 1000)
    const until = header("retry-after").pipe(
      Option.flatMap(DateTime.make),
      Option.map((date) => DateTime.toEpochMillis(date) - nowMillis),
    )
    return Option.firstSomeOf([millis, seconds, until].map(Option.filter((wait) => Number.isFinite(wait)))).pipe(
      Option.map((wait) => Duration.millis(Math.max(0, wait))),
    )
  })

/** What an HTTP status of 400 and more means. */
export const ofStatus = (status: number, headers: Headers.Headers, body: string): Effect.Effect<Reason> => {
  const error = errorIn(body)
  const detail = Option.match(error, {
    onNone: () => excerpt(body) || `HTTP ${status}`,
    onSome: (found) => excerpt(messageOf(found)),
  })
  // An account without credit is told as 429, too; waiting does not help.
  const spent = Option.exists(error, (found) => codeOf(found).includes("insufficient_quota"))
  if (status === 429 && !spent) {
    return Effect.map(retryAfter(headers), (wait) =>
      Option.match(wait, {
        onNone: () => new RateLimited({}),
        onSome: (duration) => new RateLimited({ retryAfter: duration }),
      }),
    )
  }
  return Effect.succeed(
    status >= 500 || status === 408 || status === 409
      ? new Unavailable({ detail: `HTTP ${status}: ${detail}` })
      : new Rejected({ status, detail }),
  )
}

/** The request did not get through, or its answer broke off. */
export const ofTransport = (error: HttpClientError.HttpClientError, url: string): Reason => {
  const cause = error.cause instanceof Error ? error.cause.message : (error.description ?? error.reason)
  return new Unavailable({ detail: `no connection to ${url}: ${excerpt(cause)}` })
}
