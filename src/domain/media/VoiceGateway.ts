import { Context, type Effect, type Option, Schema } from "effect"
import { ConversationId } from "../conversation/Conversation.ts"
import type { User } from "../user/User.ts"

/** One open socket of a person's side, as the HTTP server hands it over. Calls after the close do nothing. */
export interface Socket {
  /** Takes the message in any case. False: the socket's buffer is full now; `VoiceConnection.drained` tells when it has room. */
  readonly send: (data: string | Uint8Array) => boolean
  readonly close: (code: number, reason: string) => void
}

/** What the server tells of a socket. Each call returns at once. */
export interface VoiceConnection {
  readonly received: (data: string | Uint8Array) => void
  readonly drained: () => void
  readonly closed: () => void
}

/** No more conversations fit into this process now. */
export class GatewayFull extends Schema.TaggedError<GatewayFull>()("GatewayFull", {
  conversationsMax: Schema.Number,
}) {}
/** There is no such live conversation of this person any more. */
export class NotResumable extends Schema.TaggedError<NotResumable>()("NotResumable", {
  conversationId: ConversationId,
}) {}

export interface ConnectRequest {
  readonly user: User
  /** None: a new conversation. Some: the live one to come back to; an older socket of it is closed. */
  readonly resume: Option.Option<ConversationId>
}

/** Where a person's socket meets a conversation: starts one, or gives it back to a person whose connection was lost. */
export class VoiceGateway extends Context.Tag("parley/domain/media/VoiceGateway")<
  VoiceGateway,
  {
    readonly connect: (
      request: ConnectRequest,
      socket: Socket,
    ) => Effect.Effect<VoiceConnection, GatewayFull | NotResumable>
    /** Conversations live in this process now. */
    readonly live: Effect.Effect<number>
    /** Takes no more conversations and ends all that live; returns within a bound of the gateway's own. */
    readonly drain: Effect.Effect<void>
  }
>() {}
