import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { MessageId } from "../../domain/conversation/Message.ts"
import type { AssistantState } from "../../domain/media/ConversationEvent.ts"
import type { ServerMessage } from "../../domain/media/VoiceProtocol.ts"
import type { MicrophoneState, Quality, Waiting } from "./ConversationState.ts"
import type { Entry } from "./Entry.ts"
import type { Trouble } from "./Trouble.ts"

type Over = "livekit" | "websocket"

/** What can happen to a conversation. Times are epoch milliseconds. */
export type ConversationAction =
  | {
      readonly _tag: "Started"
      readonly step: "microphone" | "server"
      /** Of a conversation that is come back to. */
      readonly conversationId?: ConversationId
      readonly muted?: boolean
    }
  | { readonly _tag: "Paused"; readonly conversationId: ConversationId; readonly over: Over }
  | { readonly _tag: "Reaching" }
  | { readonly _tag: "Begun"; readonly conversationId: ConversationId | undefined; readonly over: Over }
  /** The media server cannot be talked through; a plain connection takes its place. */
  | { readonly _tag: "FellBack"; readonly reason: "blocked" | "unreachable" }
  | { readonly _tag: "FallbackSeen" }
  /** An assistant in the room has answered. */
  | { readonly _tag: "Joined"; readonly assistant: AssistantState; readonly languageModel: string }
  | { readonly _tag: "NoAssistant"; readonly after: Waiting["after"] }
  | {
      readonly _tag: "Placed"
      readonly position: number | undefined
      readonly estimateMillis: number | undefined
    }
  | { readonly _tag: "Received"; readonly message: ServerMessage; readonly at: number }
  | {
      readonly _tag: "Lost"
      readonly attempt: number
      readonly nextTryAt: number | undefined
      readonly giveUpAt: number
    }
  | { readonly _tag: "Failed"; readonly trouble: Trouble }
  | { readonly _tag: "Left" }
  | { readonly _tag: "Typed"; readonly messageId: MessageId; readonly text: string; readonly at: number }
  | { readonly _tag: "Restored"; readonly entries: ReadonlyArray<Entry> }
  | { readonly _tag: "Muted"; readonly muted: boolean }
  | { readonly _tag: "MicrophoneChanged"; readonly microphone: MicrophoneState }
  | { readonly _tag: "QualityChanged"; readonly quality: Quality }
  | { readonly _tag: "RecordedChanged"; readonly recorded: boolean }
  | { readonly _tag: "SoundChanged"; readonly blocked: boolean }
