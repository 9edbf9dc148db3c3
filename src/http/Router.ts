import * as PlatformHeaders from "@effect/platform/Headers"
import { Effect, Option, Schema } from "effect"
import { ConversationId } from "../domain/conversation/Conversation.ts"
import type { ApiHandler } from "./ApiHandler.ts"
import { bodyBytesMax } from "./BoundedBody.ts"
import type { ClientPage } from "./ClientPage.ts"
import * as ErrorResponse from "./ErrorResponse.ts"
import { Authenticator } from "./middleware/Authenticator.ts"
import { mediaType } from "./MediaType.ts"
import { refusal, refusalOfPages } from "./SameOrigin.ts"
import { makeData, type VoiceSocketData } from "./VoiceSocket.ts"
import { type Webhook, webhookPath } from "./Webhook.ts"

/** Where pages open their voice socket. */
export const voicePath = "/v1/voice"

const isApi = (path: string) => path.startsWith("/v1/") || path === "/openapi.json"
const isPage = (path: string) => path === "/" || path === "/conversations" || path.startsWith("/conversations/")

const bodyType = "application/json"

/** The framework takes forms and bytes for what they are not; without a type it takes a body for JSON. */
const isForeignBody = ({ body, headers }: Request) =>
  body !== null && mediaType(headers.get("content-type") ?? bodyType) !== bodyType

export interface RouterParts {
  readonly api: ApiHandler
  readonly client: Option.Option<ClientPage>
  readonly docs: Effect.Effect<Response>
  readonly webhook: Webhook["Type"]["answer"]
  readonly onLoopback: boolean
}

export interface Asked {
  readonly request: Request
  readonly path: string
  readonly requestId: string
  /** False: the request is no WebSocket's. */
  readonly upgrade: (data: VoiceSocketData) => boolean
}

const decodeId = Schema.decodeUnknownOption(ConversationId)

const badResume = (requestId: string) =>
  ErrorResponse.badRequest(requestId, [{ path: ["resume"], message: "Expected the id of a conversation" }])

/** Undefined: the socket is open, nothing is to be answered. */
const voice = Effect.fnUntraced(function* ({ request, requestId, upgrade }: Asked) {
  const { authenticate } = yield* Authenticator
  const resume = Option.fromNullable(new URL(request.url).searchParams.get("resume"))
  const id = Option.flatMap(resume, decodeId)
  if (Option.isSome(resume) && Option.isNone(id)) return badResume(requestId)
  return yield* authenticate(PlatformHeaders.fromInput(request.headers)).pipe(
    Effect.map((user) => (upgrade(makeData(user, id)) ? undefined : ErrorResponse.upgradeRequired(requestId))),
    Effect.catchTags({
      Unauthenticated: ({ message }) => Effect.succeed(ErrorResponse.unauthorized(requestId, message)),
      StorageError: () => Effect.succeed(ErrorResponse.unavailable(requestId)),
    }),
  )
})

const file = (parts: RouterParts, { path, request, requestId }: Asked) => {
  const readsOnly = request.method === "GET" || request.method === "HEAD"
  if (Option.isNone(parts.client) || !readsOnly) return Effect.succeed(ErrorResponse.notFound(requestId))
  const client = parts.client.value
  return (isPage(path) ? client.page(request) : client.asset(request, path)).pipe(
    Effect.map((response) => response ?? ErrorResponse.notFound(requestId)),
    Effect.catchTag("ClientBroken", () => Effect.succeed(ErrorResponse.internal(requestId))),
  )
}

/** Answers whatever is asked of the server, but for its health. */
export const answer = Effect.fnUntraced(function* (parts: RouterParts, asked: Asked) {
  const { path, request, requestId } = asked
  const isVoice = path === voicePath
  const isWebhook = path === webhookPath && Option.isSome(parts.webhook)
  const refused = isWebhook ? refusalOfPages(request) : refusal(request, parts.onLoopback, isVoice)
  if (refused !== undefined) return ErrorResponse.forbidden(requestId, refused)
  if (Number(request.headers.get("content-length") ?? 0) > bodyBytesMax) {
    return ErrorResponse.payloadTooLarge(requestId, bodyBytesMax)
  }
  if (isVoice) return yield* voice(asked)
  if (isWebhook) return yield* parts.webhook.value(request, requestId)
  if (isApi(path) && isForeignBody(request)) {
    return ErrorResponse.badRequest(requestId, [{ path: ["content-type"], message: `Expected ${bodyType}` }])
  }
  if (isApi(path)) return yield* Effect.promise(() => parts.api(request, requestId))
  if (path === "/docs") return yield* parts.docs
  return yield* file(parts, asked)
})
