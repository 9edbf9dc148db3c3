import { ChatPart, type StopReason, type ToolCall } from "../../domain/llm/LanguageModel.ts"
import type { WireChunk, WireToolCall } from "./ChatWire.ts"

interface OpenCall {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly fragments: ReadonlyArray<string>
}

/** What the chunks so far add up to. */
export interface ChatAnswer {
  readonly calls: ReadonlyArray<OpenCall>
  readonly finishReason: string | undefined
  readonly inputTokens: number
  readonly outputTokens: number
}

export const empty: ChatAnswer = { calls: [], finishReason: undefined, inputTokens: 0, outputTokens: 0 }

/** Fragments belong together by index. Some servers give no index, or the same one to each call: then a new id begins a new call. */
const addFragment = (calls: ReadonlyArray<OpenCall>, wire: WireToolCall): ReadonlyArray<OpenCall> => {
  const id = wire.id ?? ""
  const at = calls.findLastIndex(
    (call) =>
      (wire.index === undefined ? id === "" || call.id === id : call.index === wire.index) &&
      (id === "" || call.id === "" || call.id === id),
  )
  const found = calls[at === -1 && wire.index === undefined && id === "" ? calls.length - 1 : at]
  const fragment = wire.function?.arguments ?? ""
  if (found === undefined) {
    return [...calls, { index: wire.index ?? calls.length, id, name: wire.function?.name ?? "", fragments: [fragment] }]
  }
  const grown: OpenCall = {
    ...found,
    id: found.id === "" ? id : found.id,
    name: found.name === "" ? (wire.function?.name ?? "") : found.name,
    fragments: [...found.fragments, fragment],
  }
  return calls.map((call) => (call === found ? grown : call))
}

/** Takes a chunk; answers what can be told at once. */
export const accept = (answer: ChatAnswer, chunk: WireChunk): readonly [ChatAnswer, ReadonlyArray<ChatPart>] => {
  const choice = chunk.choices?.[0]
  const text = (choice?.delta?.content ?? "") + (choice?.delta?.refusal ?? "")
  const reason = choice?.finish_reason
  return [
    {
      calls: (choice?.delta?.tool_calls ?? []).reduce(addFragment, answer.calls),
      finishReason: reason === undefined || reason === "" ? answer.finishReason : reason,
      inputTokens: chunk.usage?.prompt_tokens ?? answer.inputTokens,
      outputTokens: chunk.usage?.completion_tokens ?? answer.outputTokens,
    },
    text === "" ? [] : [ChatPart.TextDelta({ text })],
  ]
}

const stopReasons: Record<string, StopReason> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool-calls",
  function_call: "tool-calls",
  content_filter: "content-filter",
}

/** The end of an answer that has a finish reason. Calls are told here, since only now is it known that they are whole. */
export const finish = (answer: ChatAnswer): ReadonlyArray<ChatPart> => {
  const reason = stopReasons[answer.finishReason ?? ""] ?? "stop"
  // Cut short by length or filter, the last call's arguments are cut, too.
  const whole = reason === "stop" || reason === "tool-calls" ? answer.calls : []
  const calls = whole.map(({ id, index, name, fragments }): ToolCall => ({
    id: id === "" ? `call_${index}` : id,
    name,
    arguments: fragments.join("") === "" ? "{}" : fragments.join(""),
  }))
  return [
    ...calls.map((call) => ChatPart.ToolCallReady({ call })),
    ChatPart.Finish({
      // Some servers say "stop" although they call tools.
      reason: calls.length > 0 ? "tool-calls" : reason,
      inputTokens: answer.inputTokens,
      outputTokens: answer.outputTokens,
    }),
  ]
}
