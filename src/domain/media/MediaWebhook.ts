import { Context, type Effect, type Option, Schema } from "effect"
import type { MediaEvent } from "./MediaEvent.ts"

/** The request is not the media server's, or too old to be believed. */
export class WebhookRefused extends Schema.TaggedError<WebhookRefused>()("WebhookRefused", {
  detail: Schema.String,
}) {
  override get message(): string {
    return `webhook refused: ${this.detail}`
  }
}

/** Reads what the media server posts to us. */
export class MediaWebhook extends Context.Tag("parley/domain/media/MediaWebhook")<
  MediaWebhook,
  {
    /** `body` is the raw body, of which the authorization header signs a hash. None: this event was received before. */
    readonly receive: (
      body: string,
      authorization: Option.Option<string>,
    ) => Effect.Effect<Option.Option<MediaEvent>, WebhookRefused>
  }
>() {}
