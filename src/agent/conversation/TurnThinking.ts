import { Clock, Effect, Fiber, Ref, type Scope } from "effect"
import { LanguageModel } from "../../domain/llm/LanguageModel.ts"
import { Notice, ToolUsed } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import { ProviderError, TimedOut } from "../../domain/speech/ProviderError.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import * as Phrases from "./Phrases.ts"
import * as Thinking from "./Thinking.ts"
import * as TroubleWords from "./TroubleWords.ts"
import type { TurnRequest } from "./Turn.ts"
import type { TurnClock } from "./TurnClock.ts"
import type { TurnState } from "./TurnState.ts"
import type { TurnVoice } from "./TurnVoice.ts"

export interface TurnThinking {
  /** Breaks the thinking off and apologises. */
  readonly giveUp: Effect.Effect<void>
  readonly thought: Effect.Effect<Thinking.Thought>
}

export interface TurnThinkingOptions {
  readonly request: TurnRequest
  readonly state: TurnState
  readonly clock: TurnClock
  readonly voice: TurnVoice
  readonly committed: Effect.Effect<void>
}

/** Begins to think at once; what comes of it goes to the voice, an apology when nothing does. */
export const start = ({
  clock,
  committed,
  request,
  state,
  voice,
}: TurnThinkingOptions): Effect.Effect<
  TurnThinking,
  never,
  VoiceTransport | LanguageModel | ConversationSettings | Scope.Scope
> =>
  Effect.gen(function* () {
    const transport = yield* VoiceTransport
    const model = yield* LanguageModel
    const settings = yield* ConversationSettings
    const phrases = Phrases.forLanguage(settings.language)
    const thought = yield* Ref.make(Thinking.noThought)
    const { messageId, task } = request

    const progressed = Effect.map(Clock.currentTimeMillis, (now) => void (state.progressAt = now))

    const say = Effect.fnUntraced(function* (text: string) {
      state.saying = true
      yield* clock.now("firstSentence")
      yield* voice.say(text)
      state.saying = false
      yield* progressed
    })

    const apologise = Effect.fnUntraced(function* (error: ProviderError | Thinking.EmptyAnswer) {
      state.failed = true
      state.recoveries++
      yield* Effect.logWarning(`the model could not answer: ${error.message}`)
      const message =
        error._tag === "ProviderError"
          ? TroubleWords.ofFailure("The language model", error)
          : "The language model gave no answer."
      yield* transport.send(Notice.make({ code: "language-model-failed", message }))
      const refused = error._tag === "EmptyAnswer" && error.reason === "content-filter"
      const begun = clock.marked("firstSentence")
      yield* voice.say(refused ? phrases.refused : begun ? phrases.modelBroke : phrases.modelFailed)
    })

    const think = (reply: Extract<TurnRequest["task"], { kind: "reply" }>) =>
      Thinking.think({
        messages: reply.messages,
        tools: reply.tools,
        settings: settings.model,
        thought,
        say,
        committed,
        onToken: Effect.zipRight(progressed, clock.now("firstToken")),
        onTool: (name, status) =>
          Effect.zipRight(progressed, transport.send(ToolUsed.make({ messageId, name, status }))),
      }).pipe(Effect.provideService(LanguageModel, model))

    /** A guess that failed costs nothing: once the person has really finished, the model is asked anew. */
    const reply = (asked: Extract<TurnRequest["task"], { kind: "reply" }>) =>
      think(asked).pipe(
        Effect.catchAll((error) =>
          state.committed || clock.marked("firstSentence")
            ? Effect.zipRight(committed, apologise(error))
            : committed.pipe(
                Effect.zipRight(Ref.set(thought, Thinking.noThought)),
                Effect.zipRight(think(asked)),
                Effect.catchAll(apologise),
              ),
        ),
      )

    const fiber = yield* (task.kind === "say" ? say(task.text) : reply(task)).pipe(
      Effect.tap(() => Effect.sync(() => void (state.thinking = false))),
      Effect.zipRight(voice.end),
      Effect.forkScoped,
    )

    return {
      thought: Ref.get(thought),
      giveUp: Effect.gen(function* () {
        if (!state.thinking) return
        state.thinking = false
        state.saying = false
        yield* Fiber.interruptFork(fiber)
        const reason = new TimedOut({ stage: "total", budgetMillis: settings.deadAir.giveUpMillis })
        yield* apologise(new ProviderError({ provider: model.name, operation: "chat", reason }))
        yield* voice.end
      }),
    }
  })
