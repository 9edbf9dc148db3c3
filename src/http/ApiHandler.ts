import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServer from "@effect/platform/HttpServer"
import { Context, Effect, Layer } from "effect"
import { ParleyApi } from "./api/ParleyApi.ts"
import type { SystemInfo } from "./api/SystemApi.ts"
import * as ConversationsHandlers from "./handlers/ConversationsHandlers.ts"
import * as RecordingsHandlers from "./handlers/RecordingsHandlers.ts"
import * as SystemHandlers from "./handlers/SystemHandlers.ts"
import * as TalkHandlers from "./handlers/TalkHandlers.ts"
import * as ApiErrors from "./middleware/ApiErrors.ts"
import * as Authentication from "./middleware/Authentication.ts"
import { currentRequestId, RequestId } from "./RequestId.ts"

/** Answers one request of the API. Never rejects. */
export type ApiHandler = (request: Request, requestId: string) => Promise<Response>

const routes = (info: typeof SystemInfo.Type) =>
  Layer.mergeAll(ApiErrors.layer, HttpApiBuilder.middlewareOpenApi({ path: "/openapi.json" })).pipe(
    Layer.provideMerge(HttpApiBuilder.api(ParleyApi)),
    Layer.provide([
      SystemHandlers.layer(info),
      ConversationsHandlers.layer,
      RecordingsHandlers.layer,
      TalkHandlers.layer(info.voicePath),
    ]),
    Layer.provide(Authentication.layer),
    Layer.provideMerge(
      Layer.mergeAll(HttpApiBuilder.Router.Live, HttpApiBuilder.Middleware.layer, HttpServer.layerContext),
    ),
  )

/** The whole API as one function from request to response, with its layers built in the scope at hand. */
export const make = Effect.fn("ApiHandler.make")(function* (info: typeof SystemInfo.Type) {
  const context = yield* Layer.build(routes(info))
  const app = yield* Effect.provide(HttpApiBuilder.httpApp, context)
  const runtime = yield* Effect.provide(Effect.runtime<Layer.Layer.Success<ReturnType<typeof routes>>>(), context)
  const named = Effect.flatMap(currentRequestId, (requestId) =>
    Effect.annotateLogs(ApiErrors.withDefects(app), { requestId }),
  )
  const handle = HttpApp.toWebHandlerRuntime(runtime)(
    named,
    HttpMiddleware.withTracerDisabledWhenEffect(() => true),
  )
  return (request: Request, requestId: string) => handle(request, Context.make(RequestId, requestId))
})
