import { ChatMessage } from "../../domain/llm/LanguageModel.ts"

/** A common estimate for European languages; good enough for a bound that is itself set with room to spare. */
const charactersPerToken = 4
/** What a message costs beside its text. */
const tokensPerMessage = 4
const leftOut = ChatMessage.System({ text: "The beginning of this conversation was left out." })

export const estimateTokens = (message: ChatMessage): number => {
  switch (message._tag) {
    case "System":
    case "User":
      return tokensPerMessage + Math.ceil(message.text.length / charactersPerToken)
    case "Assistant": {
      const calls = message.toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, 0)
      return tokensPerMessage + Math.ceil((message.text.length + calls) / charactersPerToken)
    }
    case "ToolResult":
      return tokensPerMessage + Math.ceil((message.name.length + message.result.length) / charactersPerToken)
  }
}

const total = (messages: ReadonlyArray<ChatMessage>): number =>
  messages.reduce((sum, message) => sum + estimateTokens(message), 0)

/**
 * What the model is told of the conversation. Kept as exchanges (what the person said up to the end of the answer), because a
 * tool's result without its call is an error to most models. When they exceed the budget the oldest exchanges are
 * dropped whole, for good, and one line says so; the newest one always stays.
 */
export const make = (tokensMax: number) => {
  let exchanges: Array<Array<ChatMessage>> = []
  let dropped = false

  const shrink = () => {
    let size = exchanges.reduce((sum, exchange) => sum + total(exchange), 0)
    while (size > tokensMax && exchanges.length > 1) {
      size -= total(exchanges[0] ?? [])
      exchanges = exchanges.slice(1)
      dropped = true
    }
  }

  return {
    add: (message: ChatMessage): void => {
      const current = exchanges.at(-1)
      if (current === undefined || message._tag === "User") exchanges.push([message])
      else current.push(message)
      shrink()
    },
    /** The prompt, the conversation, and what the person said just now. */
    messages: (systemPrompt: string, said: string): ReadonlyArray<ChatMessage> => [
      ChatMessage.System({ text: systemPrompt }),
      ...(dropped ? [leftOut] : []),
      ...exchanges.flat(),
      ChatMessage.User({ text: said }),
    ],
  }
}
export type ContextWindow = ReturnType<typeof make>
