import { Context, type Effect, Schema, type Scope } from "effect"
import type { ConversationControl } from "../conversation/ConversationControl.ts"
import type { ToolDeclaration } from "./LanguageModel.ts"

/** The tool ran and did not work out; `detail` is told to the model so that it can say so or try otherwise. */
export class ToolError extends Schema.TaggedError<ToolError>()("ToolError", {
  tool: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.tool}: ${this.detail}`
  }
}

/** Something that the assistant can do, beside talking. */
export interface Tool extends ToolDeclaration {
  /** Takes the arguments as JSON text; answers what the model is told. */
  readonly run: (argumentsJson: string) => Effect.Effect<string, ToolError>
  /** Said aloud when the tool is slow, such as "Let me look that up." */
  readonly filler: string
}

/** Where a conversation gets its tools from. Names are unique; what they hold is let go with the conversation. */
export class Toolbox extends Context.Tag("parley/domain/llm/Toolbox")<
  Toolbox,
  { readonly open: Effect.Effect<ReadonlyArray<Tool>, never, ConversationControl | Scope.Scope> }
>() {}
