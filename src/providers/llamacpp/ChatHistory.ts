import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelFunctions } from "node-llama-cpp"
import { Option, Schema } from "effect"
import { ChatMessage, type ToolDeclaration } from "../../domain/llm/LanguageModel.ts"

const parseJson = Schema.decodeUnknownOption(Schema.parseJson())

/** node-llama-cpp keeps a function's result beside its call, so results are looked up where the call is. */
export const of = (messages: ReadonlyArray<ChatMessage>): ReadonlyArray<ChatHistoryItem> => {
  const results = new Map(messages.filter(ChatMessage.$is("ToolResult")).map(({ callId, result }) => [callId, result]))
  const history = messages.flatMap((message): ReadonlyArray<ChatHistoryItem> => {
    switch (message._tag) {
      case "System":
        return [{ type: "system", text: message.text }]
      case "User":
        return [{ type: "user", text: message.text }]
      case "ToolResult":
        return []
      case "Assistant": {
        const calls = message.toolCalls.map((call): ChatModelFunctionCall => ({
          type: "functionCall",
          name: call.name,
          params: Option.getOrElse(parseJson(call.arguments), () => ({})),
          result: results.get(call.id) ?? "",
        }))
        return [{ type: "model", response: [...(message.text === "" ? [] : [message.text]), ...calls] }]
      }
    }
  })
  // The answer is written into the last item.
  return history.at(-1)?.type === "model" ? history : [...history, { type: "model", response: [] }]
}

/** Its grammar is a subset of JSON Schema; what it does not know it leaves aside. */
export const functionsOf = (tools: ReadonlyArray<ToolDeclaration>): ChatModelFunctions =>
  Object.fromEntries(
    tools.map(({ name, description, parameters }) => [
      name,
      Object.keys(Object(parameters["properties"])).length === 0
        ? { description }
        : { description, params: parameters as NonNullable<ChatModelFunctions[string]["params"]> },
    ]),
  )
