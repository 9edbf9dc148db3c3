import type { EndReason, ConversationId } from "../../domain/conversation/Conversation.ts"
import type { AssistantState } from "../../domain/media/ConversationEvent.ts"
import type { Entry } from "./Entry.ts"
import type { Trouble } from "./Trouble.ts"

/** Where the connection stands. Times are epoch milliseconds. */
export type Phase =
  | { readonly _tag: "Idle" }
  | { readonly _tag: "Starting"; readonly step: "microphone" | "server" }
  | { readonly _tag: "Live" }
  | { readonly _tag: "Reconnecting"; readonly attempt: number; readonly nextTryAt: number; readonly giveUpAt: number }
  | { readonly _tag: "Ended"; readonly reason: EndReason }
  | { readonly _tag: "Failed"; readonly trouble: Trouble }

/** `lost` and `failed` do not end a conversation: a person can type. */
export type MicrophoneState =
  | { readonly _tag: "Off" }
  | { readonly _tag: "Opening" }
  | { readonly _tag: "On" }
  | { readonly _tag: "Failed"; readonly trouble: Trouble }

export interface ConversationState {
  readonly phase: Phase
  readonly assistant: AssistantState
  readonly microphone: MicrophoneState
  readonly muted: boolean
  readonly conversationId: ConversationId | undefined
  /** The model that talks in this conversation; empty until the server has said it. */
  readonly languageModel: string
  readonly entries: ReadonlyArray<Entry>
}

export const initialState: ConversationState = {
  phase: { _tag: "Idle" },
  assistant: "listening",
  microphone: { _tag: "Off" },
  muted: false,
  conversationId: undefined,
  languageModel: "",
  entries: [],
}

/** A conversation is under way, or about to be. */
export const isActive = (state: ConversationState): boolean =>
  state.phase._tag === "Starting" || state.phase._tag === "Live" || state.phase._tag === "Reconnecting"
