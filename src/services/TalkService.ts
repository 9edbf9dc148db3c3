import { Context, Data, type Effect, type Option, Schema } from "effect"
import { ConversationId, type ConversationNotFound } from "../domain/conversation/Conversation.ts"
import type { JoinGrant } from "../domain/media/MediaServer.ts"
import type { StorageError } from "../domain/StorageError.ts"
import type { Place } from "../domain/store/DispatchJob.ts"
import type { QueueFull, QueueUnavailable } from "../domain/store/DispatchQueue.ts"
import type { User } from "../domain/user/User.ts"

/** Nobody comes back into a conversation that has ended. */
export class ConversationOver extends Schema.TaggedError<ConversationOver>()("ConversationOver", {
  conversationId: ConversationId,
}) {
  override get message(): string {
    return `conversation ${this.conversationId} is over; begin a new one`
  }
}

/** A key names one request: under this one something else was asked for. */
export class KeyReused extends Schema.TaggedError<KeyReused>()("KeyReused", {}) {
  override get message(): string {
    return "this key came with another request before; take a new one"
  }
}

/** How a person gets in. `Socket`: by the voice socket of this server; `resume` is what they come back to. */
export type Way = Data.TaggedEnum<{
  Room: { readonly conversationId: ConversationId; readonly grant: JoinGrant }
  Socket: { readonly resume: Option.Option<ConversationId> }
}>
export const Way = Data.taggedEnum<Way>()

export interface BeginOptions {
  /** The person agrees to be recorded. */
  readonly record: boolean
  readonly over: "any" | "websocket"
  /** The same key of the same person again, for ten minutes: the same conversation. */
  readonly key: Option.Option<string>
}

/** Live conversations, for the person whose they are: those of others are not found. */
export class TalkService extends Context.Tag("parley/services/TalkService")<
  TalkService,
  {
    /** What it answers is stored, and waits for an assistant. */
    readonly begin: (
      user: User,
      options: BeginOptions,
    ) => Effect.Effect<Way, KeyReused | QueueFull | QueueUnavailable | StorageError>
    /** A new way in. A conversation that no worker has or will get any more waits for one again. */
    readonly join: (
      user: User,
      id: ConversationId,
    ) => Effect.Effect<Way, ConversationNotFound | ConversationOver | QueueFull | QueueUnavailable | StorageError>
    readonly place: (
      user: User,
      id: ConversationId,
    ) => Effect.Effect<Place, ConversationNotFound | QueueUnavailable | StorageError>
    /** It has ended when this returns; a worker that holds it winds it up. Over a WebSocket the socket's close ends it. Leaving again changes nothing. */
    readonly leave: (
      user: User,
      id: ConversationId,
    ) => Effect.Effect<void, ConversationNotFound | QueueUnavailable | StorageError>
  }
>() {}
