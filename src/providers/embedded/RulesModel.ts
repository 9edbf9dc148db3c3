import { Duration, Effect, Layer, Stream } from "effect"
import { ChatMessage, ChatPart, type ChatRequest, LanguageModel } from "../../domain/llm/LanguageModel.ts"
import type { History, Reply } from "./rules/Rule.ts"
import * as TalkRules from "./rules/TalkRules.ts"
import * as ToolRules from "./rules/ToolRules.ts"
import * as ToolSentences from "./rules/ToolSentences.ts"
import * as Utterance from "./rules/Utterance.ts"

export interface RulesModelOptions {
  /** Between words; a real model's pace for those who want to see it. Default: none. */
  readonly wordPause?: Duration.Duration
}

const rules = [...ToolRules.rules, ...TalkRules.rules, TalkRules.fallback]

const wordCount = (text: string): number => text.split(/\s+/).filter(Boolean).length

const historyBefore = (messages: ReadonlyArray<ChatMessage>): History => ({
  person: messages.filter(ChatMessage.$is("User")).map(({ text }) => text),
  assistant: messages
    .filter(ChatMessage.$is("Assistant"))
    .flatMap(({ text }) => (text.trim() === "" ? [] : [text.trim()])),
})

/** What tools answered since the person spoke, as sentences; empty while none has. */
const afterTools = (messages: ReadonlyArray<ChatMessage>, question: string): string => {
  const calls = messages.filter(ChatMessage.$is("Assistant")).flatMap(({ toolCalls }) => toolCalls)
  return messages
    .filter(ChatMessage.$is("ToolResult"))
    .map(({ callId, name, result }) => {
      const argumentsJson = calls.find(({ id }) => id === callId)?.arguments ?? "{}"
      return ToolSentences.of({ name, argumentsJson, result }, question)
    })
    .join(" ")
}

const replyTo = ({ messages }: ChatRequest): Effect.Effect<Reply> => {
  const at = messages.findLastIndex(ChatMessage.$is("User"))
  const asked = messages[at]
  const utterance = Utterance.of(asked?._tag === "User" ? asked.text : "")
  const sentences = afterTools(messages.slice(at + 1), utterance.text)
  if (sentences !== "") return Effect.succeed({ say: sentences })
  const history = historyBefore(messages.slice(0, Math.max(at, 0)))
  for (const rule of rules) {
    const reply = rule(utterance, history)
    if (reply !== undefined) return reply
  }
  return Effect.succeed({ say: "" })
}

/** Word by word, as a model writes, and no longer than was asked for. */
const written = (
  text: string,
  request: ChatRequest,
  inputTokens: number,
  pause: Duration.Duration,
): Stream.Stream<ChatPart> => {
  const words = text.match(/\S+\s*/g) ?? []
  const kept = words.slice(0, request.outputTokensMax)
  const parts: Stream.Stream<ChatPart> = Stream.fromIterable(
    kept.map((word) => ChatPart.TextDelta({ text: word })),
  ).pipe(Stream.rechunk(1))
  const paced = Duration.equals(pause, Duration.zero) ? parts : Stream.tap(parts, () => Effect.sleep(pause))
  const reason = kept.length < words.length ? "length" : "stop"
  return Stream.concat(paced, Stream.make(ChatPart.Finish({ reason, inputTokens, outputTokens: kept.length })))
}

const answer = (request: ChatRequest, pause: Duration.Duration): Stream.Stream<ChatPart> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const reply = yield* replyTo(request)
      const inputTokens = request.messages.reduce(
        (sum, message) => sum + wordCount(message._tag === "ToolResult" ? message.result : message.text),
        0,
      )
      if ("say" in reply) return written(reply.say, request, inputTokens, pause)
      if (!request.tools.some(({ name }) => name === reply.tool)) {
        return written(yield* reply.otherwise, request, inputTokens, pause)
      }
      const call = {
        // A conversation only grows, so its length names the call.
        id: `rules_${request.messages.length}`,
        name: reply.tool,
        arguments: JSON.stringify(reply.args),
      }
      return Stream.make<[ChatPart, ChatPart]>(
        ChatPart.ToolCallReady({ call }),
        ChatPart.Finish({ reason: "tool-calls", inputTokens, outputTokens: 1 }),
      )
    }),
  )

/**
 * A few dozen rules for English, which say so when asked: everything works with no model, no key and no network. Tokens are words.
 * Never fails.
 */
export const layer = ({ wordPause = Duration.zero }: RulesModelOptions = {}): Layer.Layer<LanguageModel> =>
  Layer.succeed(LanguageModel, { name: "embedded rules", chat: (request) => answer(request, wordPause) })
