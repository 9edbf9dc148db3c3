import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import { Schema } from "effect"
import { ConversationId } from "../../domain/conversation/Conversation.ts"
import { Instant } from "../../domain/Instant.ts"
import { Place } from "../../domain/store/DispatchJob.ts"
import { Authentication } from "./Authentication.ts"
import { Full, NotFound, ServiceUnavailable } from "./Errors.ts"

/** Talk over the media server: connect to `url` with the token, publish the microphone, and the assistant comes. */
export const LiveKitJoin = Schema.TaggedStruct("LiveKit", {
  url: Schema.String,
  token: Schema.String,
  room: Schema.String,
  identity: Schema.String,
  /** The token lets in until then; who is in stays. */
  expiresAt: Instant,
})

/** Talk over one WebSocket of this server; see the protocol of the voice socket. */
export const WebSocketJoin = Schema.TaggedStruct("WebSocket", {
  /** Relative to the origin. */
  path: Schema.String,
})

export const Join = Schema.Union(LiveKitJoin, WebSocketJoin)
export type Join = typeof Join.Type

export const Begun = Schema.Struct({
  /** Null over a WebSocket: the socket's welcome tells it. */
  conversationId: Schema.NullOr(ConversationId),
  join: Join,
})
export type Begun = typeof Begun.Type

export const BeginRequest = Schema.Struct({
  /** The person agrees to be recorded. */
  record: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  /** Take this way, where there is a choice: for a client whose network lets the other through. */
  over: Schema.optionalWith(Schema.Literal("any", "websocket"), { default: () => "any" as const }),
})

/** Sent again with the same key, as after an answer that was lost, a request answers the same conversation; for ten minutes. */
const BeginHeaders = Schema.Struct({
  "idempotency-key": Schema.optional(Schema.String.pipe(Schema.minLength(1), Schema.maxLength(200))),
})

const byId = Schema.Struct({ id: ConversationId })

/** Live conversations: how to get into one, and where one stands. */
export class TalkGroup extends HttpApiGroup.make("talk")
  .add(
    HttpApiEndpoint.post("begin", "/conversations")
      .setHeaders(BeginHeaders)
      .setPayload(BeginRequest)
      .addSuccess(Begun, { status: 201 })
      .addError(Full),
  )
  /** A new way into a conversation that goes on: after a page was loaded again, or a token lapsed. */
  .add(
    HttpApiEndpoint.post("join", "/conversations/:id/join")
      .setPath(byId)
      .addSuccess(Begun)
      .addError(NotFound)
      .addError(Full),
  )
  /** Whether an assistant holds it, or how long the wait is. */
  .add(HttpApiEndpoint.get("place", "/conversations/:id/place").setPath(byId).addSuccess(Place).addError(NotFound))
  /** The person does not wait any longer, or leaves for good. */
  .add(HttpApiEndpoint.post("leave", "/conversations/:id/leave").setPath(byId).addError(NotFound))
  .addError(ServiceUnavailable)
  .middleware(Authentication) {}
