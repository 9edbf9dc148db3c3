import { FetchHttpClient, HttpApiClient } from "@effect/platform"
import { Context, type Effect, Layer } from "effect"
import { ParleyApi } from "../../http/api/ParleyApi.ts"

const make = HttpApiClient.make(ParleyApi)

/** The API as declared, called by the browser's `fetch` on the page's own origin. */
export class ParleyClient extends Context.Tag("parley/client/api/ParleyClient")<
  ParleyClient,
  Effect.Effect.Success<typeof make>
>() {}

export const layer: Layer.Layer<ParleyClient> = Layer.effect(ParleyClient, make).pipe(
  Layer.provide(FetchHttpClient.layer),
)
