import { Config, ConfigError, Data, Effect, Either, Option, Redacted } from "effect"

/** A pair that a LiveKit server knows below `keys:`. */
export interface ApiKey {
  readonly key: string
  readonly secret: Redacted.Redacted
}

export interface LiveKitOptions {
  /** Where this process finds the server: `ws:`, `wss:`, `http:` or `https:`. */
  readonly url: URL
  /** Where browsers find it. */
  readonly publicUrl: URL
  /** The first one signs; what is signed with any of them is believed. More than one while keys are changed. */
  readonly keys: readonly [ApiKey, ...ReadonlyArray<ApiKey>]
}

/** Settings that would not be safe, or that no LiveKit server can be reached by. */
export class LiveKitRefused extends Data.TaggedError("LiveKitRefused")<{ readonly detail: string }> {
  override get message(): string {
    return `LiveKit: ${this.detail}`
  }
}

/** HMAC-SHA256 is no stronger than its key; the server only warns of shorter ones. */
export const secretBytesMin = 32

const schemes = ["ws:", "wss:", "http:", "https:"]

const problemOf = ({ keys, publicUrl, url }: LiveKitOptions): Option.Option<string> => {
  for (const { pathname, protocol } of [url, publicUrl]) {
    if (!schemes.includes(protocol)) {
      return Option.some(`a URL begins with ${protocol}//; it must be one of ${schemes.join(", ")}`)
    }
    if (pathname !== "/") {
      return Option.some(`a URL has the path ${pathname}; LiveKit is reached at a host, and a port if need be, alone`)
    }
  }
  const short = keys.find(({ secret }) => new TextEncoder().encode(Redacted.value(secret)).length < secretBytesMin)
  if (short !== undefined) {
    return Option.some(
      `the secret of the API key ${short.key} is shorter than ${secretBytesMin} bytes. ` +
        "Make one with `openssl rand -hex 32`, and give it to the LiveKit server (below `keys:`) and to Parley",
    )
  }
  const names = keys.map(({ key }) => key)
  if (names.includes("")) return Option.some("an API key has no name")
  if (new Set(names).size < names.length) return Option.some("two API keys have the same name")
  return Option.none()
}

/** The options, if they are safe to use. */
export const check = (options: LiveKitOptions): Either.Either<LiveKitOptions, LiveKitRefused> =>
  Option.match(problemOf(options), {
    onNone: () => Either.right(options),
    onSome: (detail) => Either.left(new LiveKitRefused({ detail })),
  })

/** The same server for a WebSocket, or for HTTP. */
export const webSocketUrl = (url: URL): URL => new URL(url.href.replace(/^http/, "ws"))
export const httpUrl = (url: URL): URL => new URL(url.href.replace(/^ws/, "http"))

const apiKey = (key: string, secret: string): Config.Config<ApiKey> =>
  Config.all({ key: Config.nonEmptyString(key), secret: Config.redacted(Config.nonEmptyString(secret)) })

const nextKey = Config.all([
  Config.option(Config.nonEmptyString("LIVEKIT_API_KEY_NEXT")),
  Config.option(Config.redacted(Config.nonEmptyString("LIVEKIT_API_SECRET_NEXT"))),
]).pipe(
  Config.mapOrFail(([key, secret]) =>
    Option.isSome(key) === Option.isSome(secret)
      ? Either.right(Option.all({ key, secret }))
      : Either.left(
          ConfigError.InvalidData(
            [],
            "LIVEKIT_API_KEY_NEXT and LIVEKIT_API_SECRET_NEXT belong together: set both, or none",
          ),
        ),
  ),
)

/**
 * `LIVEKIT_URL`, `LIVEKIT_PUBLIC_URL` (by default the same), `LIVEKIT_API_KEY` and `LIVEKIT_API_SECRET`, and while keys are changed the other
 * pair as `LIVEKIT_API_KEY_NEXT` and `LIVEKIT_API_SECRET_NEXT`.
 */
export const config: Config.Config<LiveKitOptions> = Config.all({
  url: Config.url("LIVEKIT_URL"),
  publicUrl: Config.option(Config.url("LIVEKIT_PUBLIC_URL")),
  key: apiKey("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"),
  next: nextKey,
}).pipe(
  Config.mapOrFail(({ key, next, publicUrl, url }) =>
    check({
      url,
      publicUrl: Option.getOrElse(publicUrl, () => url),
      keys: [key, ...Option.toArray(next)],
    }).pipe(Either.mapLeft(({ message }) => ConfigError.InvalidData([], message))),
  ),
)

/** None without `LIVEKIT_URL`. With it everything else must be right, too. */
export const optionalConfig: Effect.Effect<Option.Option<LiveKitOptions>, ConfigError.ConfigError> = Effect.flatMap(
  Config.option(Config.string("LIVEKIT_URL")),
  Option.match({
    onNone: () => Effect.succeedNone,
    onSome: () => Effect.asSome(config),
  }),
)
