import type { EndReason, ConversationId } from "../../domain/conversation/Conversation.ts"
import type { AssistantState } from "../../domain/media/ConversationEvent.ts"
import type { Entry } from "./Entry.ts"
import type { Trouble } from "./Trouble.ts"

/** No assistant holds the conversation: its place among those that wait, once it is known, and why there is none. */
export interface Waiting {
  readonly _tag: "Waiting"
  /** From 1. Undefined: an assistant is on its way, or nothing is known yet. */
  readonly position: number | undefined
  readonly estimateMillis: number | undefined
  /** `lost`: the one before broke down or had to go. */
  readonly after: "start" | "lost"
}

/** Where the connection stands. Times are epoch milliseconds. */
export type Phase =
  | { readonly _tag: "Idle" }
  /** The window was in a conversation that can be gone on with; it takes a person's gesture. */
  | { readonly _tag: "Paused" }
  | { readonly _tag: "Starting"; readonly step: "microphone" | "server" }
  | Waiting
  | { readonly _tag: "Live" }
  | {
      readonly _tag: "Reconnecting"
      readonly attempt: number
      /** Undefined: it is being tried now. */
      readonly nextTryAt: number | undefined
      readonly giveUpAt: number
    }
  | { readonly _tag: "Ended"; readonly reason: EndReason }
  | { readonly _tag: "Failed"; readonly trouble: Trouble }

/** `lost` and `failed` do not end a conversation: a person can type. */
export type MicrophoneState =
  | { readonly _tag: "Off" }
  | { readonly _tag: "Opening" }
  | { readonly _tag: "On" }
  | { readonly _tag: "Failed"; readonly trouble: Trouble }

/** How well sound gets through. `unknown`: nothing measures it. */
export type Quality = "unknown" | "good" | "poor" | "lost"

export interface ConversationState {
  readonly phase: Phase
  readonly assistant: AssistantState
  readonly microphone: MicrophoneState
  readonly muted: boolean
  readonly conversationId: ConversationId | undefined
  readonly over: "livekit" | "websocket"
  /** Why it goes over a plain connection although the server has a better one; undefined: it does not, or the person knows. */
  readonly fellBack: "blocked" | "unreachable" | undefined
  readonly quality: Quality
  readonly recorded: boolean
  /** The browser wants a gesture before it plays the assistant's voice. */
  readonly soundBlocked: boolean
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
  over: "websocket",
  fellBack: undefined,
  quality: "unknown",
  recorded: false,
  soundBlocked: false,
  languageModel: "",
  entries: [],
}

/** A conversation is under way, or about to be. */
export const isActive = ({ phase }: ConversationState): boolean =>
  phase._tag === "Starting" || phase._tag === "Waiting" || phase._tag === "Live" || phase._tag === "Reconnecting"
