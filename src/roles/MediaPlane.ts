import { FetchHttpClient } from "@effect/platform"
import { Config, Data, Effect, Layer, Option } from "effect"
import * as EmbeddedLiveKit from "../infra/livekit/EmbeddedLiveKit.ts"
import * as LiveKitMediaServer from "../infra/livekit/LiveKitMediaServer.ts"
import * as LiveKitOptions from "../infra/livekit/LiveKitOptions.ts"
import * as LiveKitWebhook from "../infra/livekit/LiveKitWebhook.ts"
import { RoleFailure } from "./RoleFailure.ts"

/** Where people and assistant meet: in rooms of a LiveKit server, or over the voice socket of this server alone. */
export type MediaPlane = Data.TaggedEnum<{
  Rooms: { readonly server: LiveKitOptions.LiveKitOptions; readonly isEmbedded: boolean }
  Sockets: {}
}>
export const MediaPlane = Data.taggedEnum<MediaPlane>()

const choice = Config.literal("auto", "livekit", "websocket")("PARLEY_MEDIA").pipe(Config.withDefault("auto" as const))

const noServer = new RoleFailure({
  message: "PARLEY_MEDIA is livekit, but LIVEKIT_URL is not set and there is no livekit-server on the PATH",
  hint: "Set LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET, or run `bun run services` to install the server.",
})

const embedded = (webhookUrls: ReadonlyArray<URL>) =>
  EmbeddedLiveKit.make({ webhookUrls }).pipe(
    Effect.map((server) => MediaPlane.Rooms({ server, isEmbedded: true })),
    Effect.provide(FetchHttpClient.layer),
  )

/** What is configured, else a LiveKit server of our own if the program is there, which ends with the scope; else none. */
export const find = Effect.fnUntraced(function* (webhookUrls: ReadonlyArray<URL>) {
  const chosen = yield* choice
  if (chosen === "websocket") return MediaPlane.Sockets()
  const configured = yield* LiveKitOptions.optionalConfig
  if (Option.isSome(configured)) return MediaPlane.Rooms({ server: configured.value, isEmbedded: false })
  const isInstalled = Option.isSome(yield* EmbeddedLiveKit.program)
  if (chosen === "livekit") return yield* isInstalled ? embedded(webhookUrls) : noServer
  if (!isInstalled) return MediaPlane.Sockets()
  return yield* Effect.catchAll(embedded(webhookUrls), (error) =>
    Effect.as(
      Effect.logWarning(`the embedded LiveKit server was not started, going on without it: ${error.message}`),
      MediaPlane.Sockets(),
    ),
  )
})

/** The media server, and what it posts to us. */
export const server = (options: LiveKitOptions.LiveKitOptions) =>
  Layer.merge(LiveKitMediaServer.layer(options), LiveKitWebhook.layer(options))
