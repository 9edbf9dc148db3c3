import { Effect, Layer } from "effect"
import { ParleyApi } from "./api/ParleyApi.ts"
import { docsPolicy } from "./SecurityHeaders.ts"

const path = "/docs"

/**
 * The API's documents as a page that needs nothing from elsewhere. Loaded when it is first asked for: the viewer is a module
 * of 2 MB that nobody else needs.
 */
export const make: Effect.Effect<Effect.Effect<Response>> = Effect.cached(
  Effect.promise(async () => {
    const [HttpApiSwagger, HttpLayerRouter, HttpServer] = await Promise.all([
      import("@effect/platform/HttpApiSwagger"),
      import("@effect/platform/HttpLayerRouter"),
      import("@effect/platform/HttpServer"),
    ])
    const { dispose, handler } = HttpLayerRouter.toWebHandler(
      HttpApiSwagger.layerHttpLayerRouter({ api: ParleyApi, path }).pipe(Layer.provide(HttpServer.layerContext)),
      { disableLogger: true },
    )
    const html = await (await handler(new Request(`http://localhost${path}`))).text()
    await dispose()
    return html
  }),
).pipe(
  Effect.map(
    Effect.map(
      (html) =>
        new Response(html, {
          headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": docsPolicy },
        }),
    ),
  ),
)
