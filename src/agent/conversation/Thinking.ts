import { Effect, Ref, Schema, Stream } from "effect"
import {
  ChatMessage,
  type ChatPart,
  LanguageModel,
  type StopReason,
  type ToolCall,
} from "../../domain/llm/LanguageModel.ts"
import { type Tool, ToolError } from "../../domain/llm/Tool.ts"
import { type ProviderError } from "../../domain/speech/ProviderError.ts"
import { contained } from "./Contained.ts"
import type { ModelSettings } from "./ConversationSettings.ts"
import * as Sentences from "./Sentences.ts"

/** Nothing could be said: the model ended without a word. */
export class EmptyAnswer extends Schema.TaggedError<EmptyAnswer>()("EmptyAnswer", {
  reason: Schema.Literal("stop", "tool-calls", "length", "content-filter"),
}) {}

/** What a turn knows of its thinking, also when it was broken off. */
export interface Thought {
  /** Tool calls with their results; only whole rounds. */
  readonly exchange: ReadonlyArray<ChatMessage>
  readonly tools: ReadonlyArray<string>
  readonly inputTokens: number
  readonly outputTokens: number
}
export const noThought: Thought = { exchange: [], tools: [], inputTokens: 0, outputTokens: 0 }

export interface ThinkingRequest {
  readonly messages: ReadonlyArray<ChatMessage>
  readonly tools: ReadonlyArray<Tool>
  readonly settings: ModelSettings
  readonly thought: Ref.Ref<Thought>
  readonly say: (sentence: string) => Effect.Effect<void>
  readonly onToken: Effect.Effect<void>
  readonly onTool: (name: string, status: "running" | "done" | "failed") => Effect.Effect<void>
  /** Tools have effects: none runs before the person has surely finished. */
  readonly committed: Effect.Effect<void>
}

interface Round {
  readonly text: string
  /** Some of it can be said aloud. */
  readonly spoken: boolean
  readonly calls: ReadonlyArray<ToolCall>
  readonly reason: StopReason
}

const round = Effect.fnUntraced(function* (request: ThinkingRequest, exchange: ReadonlyArray<ChatMessage>) {
  const model = yield* LanguageModel
  const sentences = Sentences.make()
  const calls: Array<ToolCall> = []
  let text = ""
  let spoken = false
  let reason: StopReason = "stop"
  const say = (ready: ReadonlyArray<string>) => {
    spoken ||= ready.length > 0
    return Effect.forEach(ready, request.say, { discard: true })
  }
  const parts = model.chat({
    messages: [...request.messages, ...exchange],
    tools: request.tools,
    outputTokensMax: request.settings.outputTokensMax,
  })
  const take = (part: ChatPart) => {
    switch (part._tag) {
      case "TextDelta":
        text += part.text
        return Effect.zipRight(request.onToken, say(sentences.push(part.text)))
      case "ToolCallReady":
        calls.push(part.call)
        return request.onToken
      case "Finish":
        reason = part.reason
        return Ref.update(request.thought, (thought) => ({
          ...thought,
          inputTokens: thought.inputTokens + part.inputTokens,
          outputTokens: thought.outputTokens + part.outputTokens,
        }))
    }
  }
  yield* Stream.runForEach(parts, take).pipe(contained(model.name, "chat"))
  yield* say(sentences.flush())
  const result: Round = { text, spoken, calls, reason }
  return result
})

const runTool = Effect.fnUntraced(function* (request: ThinkingRequest, call: ToolCall) {
  const { settings } = request
  const tool = request.tools.find(({ name }) => name === call.name)
  if (tool === undefined) return `There is no tool ${call.name}.`
  yield* request.onTool(call.name, "running")
  const filler = Effect.zipRight(Effect.sleep(settings.toolFillerMillis), request.say(tool.filler))
  const work = Effect.suspend(() => tool.run(call.arguments)).pipe(
    Effect.catchAllDefect((defect) =>
      Effect.zipRight(
        Effect.logError(`the tool ${tool.name} broke`, defect),
        new ToolError({ tool: tool.name, detail: "the tool is broken" }),
      ),
    ),
    Effect.timeoutOption(settings.toolMillisMax),
    Effect.flatten,
    Effect.matchEffect({
      onSuccess: (result) => Effect.as(request.onTool(call.name, "done"), result),
      onFailure: (error) =>
        Effect.as(
          request.onTool(call.name, "failed"),
          error._tag === "ToolError" ? `Error: ${error.detail}` : `Error: no result in ${settings.toolMillisMax} ms`,
        ),
    }),
  )
  return yield* Effect.scoped(Effect.zipRight(Effect.forkScoped(filler), work))
})

/**
 * Asks the model, lets it use tools and asks again, until it has answered; what it writes goes to the voice sentence by
 * sentence. Fails with the model's own error, or `EmptyAnswer` when it ended without saying anything.
 */
export const think = Effect.fnUntraced(function* (
  request: ThinkingRequest,
): Effect.fn.Return<void, ProviderError | EmptyAnswer, LanguageModel> {
  let said = false
  for (let rounds = 0; rounds <= request.settings.toolRoundsMax; rounds++) {
    const { exchange } = yield* Ref.get(request.thought)
    const answer = yield* round(request, exchange)
    said ||= answer.spoken
    if (answer.calls.length === 0) {
      if (!said) return yield* new EmptyAnswer({ reason: answer.reason })
      return
    }
    yield* request.committed
    const results = yield* Effect.forEach(answer.calls, (call) =>
      Effect.map(runTool(request, call), (result) =>
        ChatMessage.ToolResult({ callId: call.id, name: call.name, result }),
      ),
    )
    yield* Ref.update(request.thought, (thought) => ({
      ...thought,
      exchange: [
        ...thought.exchange,
        ChatMessage.Assistant({ text: answer.text, toolCalls: answer.calls }),
        ...results,
      ],
      tools: [...thought.tools, ...answer.calls.map(({ name }) => name)],
    }))
  }
  if (!said) return yield* new EmptyAnswer({ reason: "tool-calls" })
})
