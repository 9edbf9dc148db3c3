import { Context, type Effect } from "effect"
import type { ConversationId, EndReason } from "../../domain/conversation/Conversation.ts"
import type { Transport } from "../../domain/media/VoiceTransport.ts"
import type { User } from "../../domain/user/User.ts"

export interface ConversationRequest {
  readonly conversationId: ConversationId
  readonly user: User
  readonly transport: Transport
}

/** Holds one conversation over a transport, from the person's coming to the end; interrupting it is a drain. */
export class ConversationRunner extends Context.Tag("parley/agent/conversation/ConversationRunner")<
  ConversationRunner,
  { readonly run: (request: ConversationRequest) => Effect.Effect<EndReason> }
>() {}
