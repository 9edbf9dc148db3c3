import type { ChatHistoryItem, ChatModelFunctions } from "node-llama-cpp"
import type { StopReason, ToolCall } from "../../domain/llm/LanguageModel.ts"

/** How the engine's process is started; JSON in its first argument. */
export interface EngineSetup {
  readonly path: string
  /** Tokens of one chat: what is read and what is written. */
  readonly contextTokens: number
  /** Chats at the same time; more wait in order. Each takes memory of its own for its context. */
  readonly sequences: number
  readonly temperature: number
}

export interface EngineChat {
  readonly history: ReadonlyArray<ChatHistoryItem>
  readonly functions: ChatModelFunctions
  readonly outputTokensMax: number
}

export type EngineRequest =
  | { readonly kind: "chat"; readonly id: number; readonly chat: EngineChat }
  | { readonly kind: "cancel"; readonly id: number }

export interface EngineAnswer {
  readonly reason: StopReason
  readonly calls: ReadonlyArray<Omit<ToolCall, "id">>
  readonly inputTokens: number
  readonly outputTokens: number
}

export type EngineMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "unable"; readonly detail: string }
  | { readonly kind: "text"; readonly id: number; readonly text: string }
  | { readonly kind: "done"; readonly id: number; readonly answer: EngineAnswer }
  | { readonly kind: "failure"; readonly id: number; readonly detail: string }
