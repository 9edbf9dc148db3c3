import { Clock, DateTime, Effect, Option, type Scope } from "effect"
import { TurnId, type TurnOutcome } from "../../domain/analytics/Turn.ts"
import { Message, MessageId } from "../../domain/conversation/Message.ts"
import type { HookContext } from "../../domain/hook/LifecycleHooks.ts"
import { ChatMessage } from "../../domain/llm/LanguageModel.ts"
import type { Tool } from "../../domain/llm/Tool.ts"
import { TurnEnded } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import { uuidV7 } from "../../domain/Uuid.ts"
import * as ContextWindow from "./ContextWindow.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import type { HookQueue } from "./HookQueue.ts"
import * as SystemPrompt from "./SystemPrompt.ts"
import * as Turn from "./Turn.ts"

/** What the person said, and when. */
export interface Said {
  readonly text: string
  readonly source: "speech" | "text"
  /** Where several people talk. */
  readonly speaker?: string | undefined
  /** Last sound, or arrival; epoch milliseconds. */
  readonly originMillis: number
  readonly finalTranscriptMillis: Option.Option<number>
}

export interface Answers {
  /** The answer that is being given. */
  readonly current: () => Turn.ActiveTurn | undefined
  /** Starts thinking about words that may not be the last ones. */
  readonly guess: (said: Said) => Effect.Effect<void>
  readonly dropGuess: Effect.Effect<void>
  /** Answers; a guess at the same words becomes the answer. There must be no current one. */
  readonly reply: (said: Said) => Effect.Effect<void>
  /** Says words of the assistant's own accord. There must be no current answer. */
  readonly say: (text: string) => Effect.Effect<void>
  /** Adds to what the model knows without asking it. */
  readonly remember: (said: Pick<Said, "speaker" | "text">) => Effect.Effect<void>
  /** Ends the current answer, if there is one, and records what was heard of it. */
  readonly end: (outcome: TurnOutcome) => Effect.Effect<void>
}

/** What the model is told of words: whose they are, where several people talk. */
const told = ({ speaker, text }: Pick<Said, "speaker" | "text">) =>
  speaker === undefined ? text : `${speaker}: ${text}`

const chatMessageOf = ({ content, metadata, role }: Message): ChatMessage => {
  switch (role) {
    case "user":
      return ChatMessage.User({ text: told({ text: content, speaker: metadata.speaker }) })
    case "assistant":
      return ChatMessage.Assistant({ text: content, toolCalls: [] })
    case "system":
      return ChatMessage.System({ text: content })
  }
}

export interface AnswersOptions {
  readonly context: HookContext
  readonly personName: string
  readonly tools: ReadonlyArray<Tool>
  readonly hooks: HookQueue
  readonly onFinished: (id: TurnId) => Effect.Effect<void>
  /** What was said before and is not to be answered any more, oldest first. */
  readonly before: ReadonlyArray<Message>
}

/** The assistant's side of a conversation: at most one answer that is heard, and one guess that is not. */
export const make = (options: AnswersOptions): Effect.Effect<Answers, never, Turn.TurnPorts | Scope.Scope> =>
  Effect.gen(function* () {
    const ports = yield* Effect.context<Turn.TurnPorts | Scope.Scope>()
    const settings = yield* ConversationSettings
    const transport = yield* VoiceTransport
    const known = ContextWindow.make(settings.model.contextTokensMax)
    const { conversation } = options.context
    for (const message of options.before) known.add(chatMessageOf(message))
    let current: Turn.ActiveTurn | undefined
    let guess: { readonly text: string; readonly turn: Turn.ActiveTurn } | undefined
    let turns = 0

    const begin = Effect.fnUntraced(function* (
      request: Pick<Turn.TurnRequest, "source" | "task" | "originMillis" | "finalTranscriptMillis">,
    ) {
      const id = TurnId.make(yield* uuidV7)
      const messageId = MessageId.make(yield* uuidV7)
      const onFinished = options.onFinished(id)
      return yield* Turn.make({ ...request, id, messageId, conversationId: conversation.id, onFinished })
    }, Effect.provide(ports))

    const systemPrompt = SystemPrompt.make(settings.systemPrompt, {
      assistant: settings.assistantName,
      person: options.personName,
      language: settings.language,
    })

    const think = Effect.fnUntraced(function* (said: Said) {
      const messages = known.messages(systemPrompt(yield* DateTime.now), told(said))
      return yield* begin({ ...said, task: { kind: "reply", messages, tools: options.tools } })
    })

    const commit = (turn: Turn.ActiveTurn) =>
      Effect.suspend(() => {
        current = turn
        return turn.commit(turns++)
      })

    const dropGuess = Effect.suspend(() => {
      const dropped = guess
      guess = undefined
      return dropped === undefined ? Effect.void : Effect.asVoid(dropped.turn.end("abandoned"))
    })

    const record = Effect.fnUntraced(function* ({ heard, thought, turn }: Turn.TurnResult, messageId: MessageId) {
      for (const message of thought.exchange) known.add(message)
      if (heard.heard !== "") {
        known.add(ChatMessage.Assistant({ text: heard.heard, toolCalls: [] }))
        yield* options.hooks.message(
          new Message({
            id: messageId,
            conversationId: conversation.id,
            role: "assistant",
            content: heard.heard,
            timestamp: yield* DateTime.now,
            metadata: {
              ...(heard.unheard === "" ? {} : { unheard: heard.unheard }),
              ...(thought.tools.length === 0 ? {} : { tools: thought.tools }),
              ...(turn.outputTokens === 0 ? {} : { inputTokens: turn.inputTokens, outputTokens: turn.outputTokens }),
            },
          }),
        )
      }
      yield* options.hooks.turn(turn)
      yield* transport.send(TurnEnded.make({ turn }))
    })

    return {
      current: () => current,
      dropGuess,
      guess: Effect.fnUntraced(function* (said) {
        if (guess?.text === said.text) return
        yield* dropGuess
        guess = { text: said.text, turn: yield* think(said) }
      }),
      reply: Effect.fnUntraced(function* (said) {
        const guessed = guess?.text === said.text ? guess.turn : undefined
        if (guessed === undefined) yield* dropGuess
        guess = undefined
        const turn = guessed ?? (yield* think(said))
        known.add(ChatMessage.User({ text: told(said) }))
        yield* commit(turn)
      }),
      say: Effect.fnUntraced(function* (text) {
        const originMillis = yield* Clock.currentTimeMillis
        const task = { kind: "say", text } as const
        const about = { source: "assistant", task, originMillis, finalTranscriptMillis: Option.none() } as const
        yield* commit(yield* begin(about))
      }),
      remember: (said) => Effect.sync(() => known.add(ChatMessage.User({ text: told(said) }))),
      end: Effect.fnUntraced(function* (outcome) {
        const ending = current
        if (ending === undefined) return
        current = undefined
        yield* record(yield* ending.end(outcome), ending.messageId)
      }),
    }
  })
