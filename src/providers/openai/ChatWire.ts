import { Option, Schema } from "effect"
import type { ChatMessage, ChatRequest, ToolDeclaration } from "../../domain/llm/LanguageModel.ts"

/** Servers leave fields out or send null: both are "not there". */
const maybe = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { nullable: true })

export const WireError = Schema.Union(
  Schema.String,
  Schema.Struct({
    message: maybe(Schema.String),
    type: maybe(Schema.String),
    code: maybe(Schema.Union(Schema.String, Schema.Number)),
  }),
)
export type WireError = typeof WireError.Type

export const WireToolCall = Schema.Struct({
  index: maybe(Schema.Number),
  id: maybe(Schema.String),
  function: maybe(Schema.Struct({ name: maybe(Schema.String), arguments: maybe(Schema.String) })),
})
export type WireToolCall = typeof WireToolCall.Type

/** As much of a `chat.completion.chunk` as we use; everything else is let pass. https://platform.openai.com/docs/api-reference/chat-streaming */
export const WireChunk = Schema.Struct({
  error: maybe(WireError),
  choices: maybe(
    Schema.Array(
      Schema.Struct({
        delta: maybe(
          Schema.Struct({
            content: maybe(Schema.String),
            refusal: maybe(Schema.String),
            tool_calls: maybe(Schema.Array(WireToolCall)),
          }),
        ),
        finish_reason: maybe(Schema.String),
      }),
    ),
  ),
  usage: maybe(Schema.Struct({ prompt_tokens: maybe(Schema.Number), completion_tokens: maybe(Schema.Number) })),
})
export type WireChunk = typeof WireChunk.Type

const parseJson = Schema.decodeUnknownOption(Schema.parseJson())
const decodeChunk = Schema.decodeUnknownOption(WireChunk)

/** None: not JSON at all. JSON that we do not know is an empty chunk, so that a server may add events. */
export const decode = (data: string): Option.Option<WireChunk> =>
  Option.map(parseJson(data), (json) => Option.getOrElse(decodeChunk(json), (): WireChunk => ({})))

/** Where servers differ in what they take. */
export interface Dialect {
  readonly usage: boolean
  readonly outputTokensField: "max_tokens" | "max_completion_tokens"
}

const encodeMessage = (message: ChatMessage): Record<string, unknown> => {
  switch (message._tag) {
    case "System":
      return { role: "system", content: message.text }
    case "User":
      return { role: "user", content: message.text }
    case "ToolResult":
      return { role: "tool", tool_call_id: message.callId, content: message.result }
    case "Assistant":
      return message.toolCalls.length === 0
        ? { role: "assistant", content: message.text }
        : {
            role: "assistant",
            content: message.text === "" ? null : message.text,
            tool_calls: message.toolCalls.map((call) => ({
              id: call.id,
              type: "function",
              function: { name: call.name, arguments: call.arguments },
            })),
          }
  }
}

const encodeTool = ({ name, description, parameters }: ToolDeclaration) => ({
  type: "function",
  function: { name, description, parameters },
})

export const encode = (request: ChatRequest, model: string, dialect: Dialect): Record<string, unknown> => ({
  model,
  messages: request.messages.map(encodeMessage),
  stream: true,
  [dialect.outputTokensField]: request.outputTokensMax,
  ...(request.tools.length === 0 ? {} : { tools: request.tools.map(encodeTool) }),
  ...(dialect.usage ? { stream_options: { include_usage: true } } : {}),
})
