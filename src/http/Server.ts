import { Context, type Duration, Effect, Layer, Option, Runtime } from "effect"
import { VoiceGateway } from "../domain/media/VoiceGateway.ts"
import type { ConversationService } from "../services/ConversationService.ts"
import type { RecordingService } from "../services/RecordingService.ts"
import type { TalkService } from "../services/TalkService.ts"
import * as ApiHandler from "./ApiHandler.ts"
import type { SystemInfo } from "./api/SystemApi.ts"
import { bodyBytesMax } from "./BoundedBody.ts"
import * as ClientPage from "./ClientPage.ts"
import * as DocsPage from "./DocsPage.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import { listen, type ListenFailed, type PortBusy } from "./Listening.ts"
import type { Authenticator } from "./middleware/Authenticator.ts"
import { requestIdHeader, requestIdOf } from "./RequestId.ts"
import { answer, type Asked, type RouterParts } from "./Router.ts"
import { isLoopback } from "./SameOrigin.ts"
import { makeSecure } from "./SecurityHeaders.ts"
import * as VoiceSocket from "./VoiceSocket.ts"
import { Webhook } from "./Webhook.ts"

/** Requests that are being answered when the server stops get so long to finish; conversations have a bound of their own. */
const finishWithin: Duration.DurationInput = "300 millis"
/** A connection without anything on it for so long is closed. */
const idleSeconds = 30

export interface ServerOptions {
  /** Behind a loopback address only loopback names are answered to. */
  readonly hostname: string
  /** 0: any that is free. */
  readonly port: number
  /** The web app, as `import page from "…/index.html"` gives it. */
  readonly page: Option.Option<Bun.HTMLBundle>
  /** Serves the web app by Bun's own bundler, which shows changes at once, without security headers. */
  readonly development: boolean
  readonly system: typeof SystemInfo.Type
  /** URLs of other servers that the page talks to: of the media server, where there is one. */
  readonly connectTo?: ReadonlyArray<string>
}

/** The server that listens. */
export class Server extends Context.Tag("parley/http/Server")<Server, { readonly url: URL }>() {}

/** Identifiers would make as many routes as there are conversations. */
const routeOf = (path: string) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, ":id")

type Secure = ReturnType<typeof makeSecure>

const handle = (parts: RouterParts, secure: Secure, asked: Asked) =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const startedAt = clock.unsafeCurrentTimeMillis()
    const response = yield* answer(parts, asked).pipe(
      Effect.catchAllCause((cause) =>
        Effect.as(Effect.logError("request failed", cause), ErrorResponse.internal(asked.requestId)),
      ),
    )
    response?.headers.set(requestIdHeader, asked.requestId)
    if (response !== undefined) secure(response.headers)
    yield* Effect.logDebug("request").pipe(
      Effect.annotateLogs({
        method: asked.request.method,
        route: routeOf(asked.path),
        status: response?.status ?? 101,
        millis: clock.unsafeCurrentTimeMillis() - startedAt,
      }),
    )
    return response
  }).pipe(Effect.annotateLogs({ requestId: asked.requestId }))

const plain = (secure: Secure, status: number, text: string) => {
  const response = new Response(text, { status, headers: { "cache-control": "no-store" } })
  secure(response.headers)
  return response
}

const makeRoutes = (options: ServerOptions, secure: Secure, isReady: () => boolean) => ({
  "/healthz": () => plain(secure, 200, "ok"),
  "/readyz": () => (isReady() ? plain(secure, 200, "ready") : plain(secure, 503, "stopping")),
  ...(options.development && Option.isSome(options.page)
    ? { "/": options.page.value, "/conversations/*": options.page.value }
    : {}),
})

const make = Effect.fn("Server.make")(function* (options: ServerOptions) {
  const gateway = yield* VoiceGateway
  const websocket = yield* VoiceSocket.make
  const parts: RouterParts = {
    api: yield* ApiHandler.make(options.system),
    client: options.development
      ? Option.none()
      : yield* Effect.transposeOption(Option.map(options.page, (page) => ClientPage.make(page.index))),
    docs: yield* DocsPage.make,
    webhook: (yield* Webhook).answer,
    onLoopback: isLoopback(options.hostname),
  }
  const run = Runtime.runPromise(yield* Effect.runtime<Authenticator>())
  const secure = makeSecure(options.connectTo ?? [])
  let isReady = true

  const serve = () =>
    Bun.serve<VoiceSocket.VoiceSocketData>({
      hostname: options.hostname,
      port: options.port,
      // Bun shares a port with other processes, in silence, when `development` is false and this is not said.
      reusePort: false,
      development: options.development,
      idleTimeout: idleSeconds,
      // The router answers sooner and better; this holds for bodies that do not tell their length.
      maxRequestBodySize: 2 * bodyBytesMax,
      routes: makeRoutes(options, secure, () => isReady),
      websocket,
      fetch: (request, server) => {
        const upgrade = (data: VoiceSocket.VoiceSocketData) => server.upgrade(request, { data })
        const { pathname: path } = new URL(request.url)
        return run(handle(parts, secure, { request, path, requestId: requestIdOf(request.headers), upgrade }))
      },
      error: () => ErrorResponse.internal("none"),
    })

  const stop = (server: Bun.Server<VoiceSocket.VoiceSocketData>) =>
    Effect.gen(function* () {
      isReady = false
      const finished = server.stop()
      // Conversations say goodbye over sockets that are still open.
      yield* gateway.drain
      yield* Effect.timeoutOption(Effect.promise(() => finished).pipe(Effect.interruptible), finishWithin)
      yield* Effect.promise(() => server.stop(true))
    })

  const server = yield* Effect.acquireRelease(listen(options, serve), stop)
  return { url: server.url }
})

/** Everything of ours that is reached over HTTP, on one port. Stopping ends all conversations first. */
export const layer = (
  options: ServerOptions,
): Layer.Layer<
  Server,
  PortBusy | ListenFailed,
  VoiceGateway | Authenticator | ConversationService | RecordingService | TalkService | Webhook
> => Layer.scoped(Server, make(options))
