import { Context, Effect, Layer, Option } from "effect"
import { MediaWebhook } from "../domain/media/MediaWebhook.ts"
import { MediaEvents } from "../services/MediaEvents.ts"
import { readBody } from "./BoundedBody.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import { mediaType } from "./MediaType.ts"

/** Where the media server posts what happens in its rooms. */
export const webhookPath = "/v1/livekit/webhook"

const contentType = "application/webhook+json"

type Answer = (request: Request, requestId: string) => Effect.Effect<Response>

/** The address of the media server's posts, where there is a media server. Its posts are signed: nobody signs in. */
export class Webhook extends Context.Tag("parley/http/Webhook")<
  Webhook,
  { readonly answer: Option.Option<Answer> }
>() {}

const badHeader = (requestId: string) =>
  ErrorResponse.badRequest(requestId, [{ path: ["content-type"], message: `Expected ${contentType}` }])

const make = Effect.gen(function* () {
  const webhook = yield* MediaWebhook
  const events = yield* MediaEvents

  return Effect.fn("Webhook.answer")(
    function* (request: Request, requestId: string) {
      if (request.method !== "POST") return ErrorResponse.notFound(requestId)
      if (mediaType(request.headers.get("content-type") ?? "") !== contentType) return badHeader(requestId)
      const body = yield* readBody(request)
      const event = yield* webhook.receive(body, Option.fromNullable(request.headers.get("authorization")))
      if (Option.isSome(event)) yield* events.received(event.value)
      return new Response(null, { status: 200 })
    },
    (answer, _, requestId) =>
      Effect.catchTags(answer, {
        BodyTooLarge: ({ bytesMax }) => Effect.succeed(ErrorResponse.payloadTooLarge(requestId, bytesMax)),
        BodyUnreadable: ({ message }) =>
          Effect.succeed(ErrorResponse.badRequest(requestId, [{ path: ["body"], message }])),
        WebhookRefused: (error) =>
          Effect.as(Effect.logWarning(error.message), ErrorResponse.unauthorized(requestId, error.message)),
      }),
  )
})

export const layer: Layer.Layer<Webhook, never, MediaWebhook | MediaEvents> = Layer.effect(
  Webhook,
  Effect.map(make, (answer) => ({ answer: Option.some(answer) })),
)

/** Without a media server nothing is at its address. */
export const layerNone: Layer.Layer<Webhook> = Layer.succeed(Webhook, { answer: Option.none() })
