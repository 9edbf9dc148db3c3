import { Context, Data, type Stream } from "effect"
import type { JsonObject } from "../JsonObject.ts"
import type { ProviderError } from "../speech/ProviderError.ts"

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON text exactly as the model wrote it; it may be broken. */
  readonly arguments: string
}

export type ChatMessage = Data.TaggedEnum<{
  System: { readonly text: string }
  User: { readonly text: string }
  Assistant: { readonly text: string; readonly toolCalls: ReadonlyArray<ToolCall> }
  ToolResult: { readonly callId: string; readonly name: string; readonly result: string }
}>
export const ChatMessage = Data.taggedEnum<ChatMessage>()

/** What the model is told about a tool. */
export interface ToolDeclaration {
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments object. */
  readonly parameters: JsonObject
}

export interface ChatRequest {
  readonly messages: ReadonlyArray<ChatMessage>
  readonly tools: ReadonlyArray<ToolDeclaration>
  /** Upper bound of the answer, in the model's tokens. */
  readonly outputTokensMax: number
}

export type StopReason = "stop" | "tool-calls" | "length" | "content-filter"

/** `Finish` is the terminal event: exactly one, the last one. A stream without it fails as `Truncated`. */
export type ChatPart = Data.TaggedEnum<{
  TextDelta: { readonly text: string }
  ToolCallReady: { readonly call: ToolCall }
  Finish: { readonly reason: StopReason; readonly inputTokens: number; readonly outputTokens: number }
}>
export const ChatPart = Data.taggedEnum<ChatPart>()

/** Answers a chat, as a stream. Interrupting it cancels the request within 20 ms. */
export class LanguageModel extends Context.Tag("parley/domain/llm/LanguageModel")<
  LanguageModel,
  {
    /** For people: provider and model, such as `openai gpt-5-mini` or `embedded rules`. */
    readonly name: string
    readonly chat: (request: ChatRequest) => Stream.Stream<ChatPart, ProviderError>
  }
>() {}
