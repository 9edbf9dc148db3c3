import { Context, type Effect } from "effect"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import type { Message } from "../../domain/conversation/Message.ts"
import type { HookContext } from "../../domain/hook/LifecycleHooks.ts"
import type { Transport } from "../../domain/media/VoiceTransport.ts"
import type { User } from "../../domain/user/User.ts"

export interface ConversationRequest {
  readonly context: HookContext
  readonly user: User
  readonly transport: Transport
  /** What was said before, oldest first, when this goes on with a conversation that another worker held. None: it begins. */
  readonly before: ReadonlyArray<Message> | undefined
  /**
   * Ends it from outside once it returns: for `drain` a goodbye is spoken first, any other reason ends it at once. After `handover`
   * nobody is told of an end.
   */
  readonly ending: Effect.Effect<LeaveReason>
}

/** Holds one conversation over a transport, from the person's coming to the end; interrupting it is a drain without a goodbye. */
export class ConversationRunner extends Context.Tag("parley/agent/conversation/ConversationRunner")<
  ConversationRunner,
  { readonly run: (request: ConversationRequest) => Effect.Effect<LeaveReason> }
>() {}
