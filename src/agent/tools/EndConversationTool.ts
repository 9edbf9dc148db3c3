import { type Context, Effect, Schema } from "effect"
import type { ConversationControl } from "../../domain/conversation/ConversationControl.ts"
import type { Tool } from "../../domain/llm/Tool.ts"
import { define } from "./ToolDefinition.ts"

export const make = (control: Context.Tag.Service<ConversationControl>): Tool =>
  define({
    name: "end_conversation",
    description: "Ends the conversation. Use it when the person says goodbye or asks to stop talking.",
    parameters: Schema.Struct({}),
    filler: "",
    run: () => Effect.as(control.end, "The conversation ends after your next answer. Say goodbye in a few words."),
  })
