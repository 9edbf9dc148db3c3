import { Clock, DateTime, Effect, ExecutionStrategy, Exit, Fiber, Option, Ref, Scope } from "effect"
import { Turn, type TurnId, type TurnOutcome } from "../../domain/analytics/Turn.ts"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { MessageId } from "../../domain/conversation/Message.ts"
import { type ChatMessage, LanguageModel } from "../../domain/llm/LanguageModel.ts"
import type { Tool } from "../../domain/llm/Tool.ts"
import { AssistantTranscript, Notice, StateChanged, ToolUsed } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import { ProviderError, TimedOut } from "../../domain/speech/ProviderError.ts"
import { SpeechToText } from "../../domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import * as DeadAir from "./DeadAir.ts"
import type { Heard } from "./HeardText.ts"
import * as Phrases from "./Phrases.ts"
import * as Speaking from "./Speaking.ts"
import * as Thinking from "./Thinking.ts"
import * as TurnClock from "./TurnClock.ts"

export interface TurnRequest {
  readonly id: TurnId
  readonly conversationId: ConversationId
  readonly messageId: MessageId
  readonly source: Turn["source"]
  /** `reply`: ask the model. `say`: the words are given. */
  readonly task:
    | { readonly kind: "reply"; readonly messages: ReadonlyArray<ChatMessage>; readonly tools: ReadonlyArray<Tool> }
    | { readonly kind: "say"; readonly text: string }
  /** The person's last sound (or the typed text's arrival), epoch milliseconds: what all timings count from. */
  readonly originMillis: number
  readonly finalTranscriptMillis: Option.Option<number>
  /** Called once, from a fiber of the turn, when all was said and heard. */
  readonly onFinished: Effect.Effect<void>
}

export interface TurnResult {
  readonly turn: Turn
  readonly heard: Heard
  readonly thought: Thinking.Thought
}

/** One answer, from the first thought to the last sound heard. Made silent; `commit` lets it be heard. */
export interface ActiveTurn {
  readonly id: TurnId
  readonly messageId: MessageId
  readonly source: Turn["source"]
  readonly commit: (index: number) => Effect.Effect<void>
  readonly isCommitted: () => boolean
  readonly isPaused: () => boolean
  /** Silent while the person may be interrupting. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** Silent for good, every fiber let go. An answer that had been heard whole counts as answered, whatever `outcome` says. */
  readonly end: (outcome: TurnOutcome) => Effect.Effect<TurnResult>
}

/** Progress of the words on the page: often enough to follow, seldom enough to cost nothing. */
const progressMillis = 150

export type TurnPorts = VoiceTransport | TextToSpeech | LanguageModel | SpeechToText | ConversationSettings

export const make = (request: TurnRequest): Effect.Effect<ActiveTurn, never, TurnPorts | Scope.Scope> =>
  Effect.gen(function* () {
    const settings = yield* ConversationSettings
    const transport = yield* VoiceTransport
    const names = {
      speechToText: (yield* SpeechToText).name,
      languageModel: (yield* LanguageModel).name,
      textToSpeech: (yield* TextToSpeech).name,
    }
    const phrases = Phrases.forLanguage(settings.language)
    const conversation = yield* Effect.scope
    const scope = yield* Scope.fork(conversation, ExecutionStrategy.sequential)
    const committed = yield* Effect.makeLatch(false)
    const released = yield* Effect.makeLatch(true)
    const thought = yield* Ref.make(Thinking.noThought)
    const clock = TurnClock.make(request.originMillis)
    Option.map(request.finalTranscriptMillis, (at) => clock.mark("finalTranscript", at))

    let index = 0
    let isCommitted = false
    let paused = false
    let finished = false
    let failed = false
    let thinking = request.task.kind === "reply"
    let speculative = false
    let deadAir = 0
    let recoveries = 0
    let quietFrom = 0
    let progressAt = 0
    let saying = false
    let shownAt = 0
    let thinkingFiber: Fiber.RuntimeFiber<void> | undefined

    const show = (final: boolean, interrupted: boolean) =>
      Effect.flatMap(speaking.heard, ({ heard, unheard }) =>
        transport.send(
          AssistantTranscript.make({ messageId: request.messageId, text: heard, pending: unheard, final, interrupted }),
        ),
      )
    const progressed = Effect.map(Clock.currentTimeMillis, (now) => void (progressAt = now))
    const notice = (code: typeof Notice.Type.code, message: string) => transport.send(Notice.make({ code, message }))

    const speaking: Speaking.Speaking = yield* Scope.extend(
      Speaking.make({
        onFirstAudio: clock.now("firstAudio"),
        onWritten: Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          if (clock.marked("playout") && now - shownAt < progressMillis) return
          if (!clock.marked("playout")) yield* transport.send(StateChanged.make({ state: "speaking" }))
          yield* clock.now("playout")
          shownAt = now
          yield* show(false, false)
        }),
        onFailure: (error) => {
          recoveries++
          return Effect.zipRight(
            Effect.logWarning(`voice failed: ${error.message}`),
            notice("text-to-speech-failed", "The voice failed; the answer is written here."),
          )
        },
      }),
      scope,
    )

    /** A model that is held back by its own voice is not a model that stalls. */
    const say = (text: string) =>
      Effect.gen(function* () {
        saying = true
        yield* clock.now("firstSentence")
        yield* speaking.say(text)
        saying = false
        yield* progressed
      })

    const apologise = (error: ProviderError | Thinking.EmptyAnswer) =>
      Effect.gen(function* () {
        failed = true
        recoveries++
        yield* Effect.logWarning(`the model could not answer: ${error.message}`)
        yield* notice(
          "language-model-failed",
          error._tag === "ProviderError" ? error.message : "The model said nothing.",
        )
        const refused = error._tag === "EmptyAnswer" && error.reason === "content-filter"
        const words = refused
          ? phrases.refused
          : clock.marked("firstSentence")
            ? phrases.modelBroke
            : phrases.modelFailed
        yield* speaking.say(words)
      })

    const think = (task: Extract<TurnRequest["task"], { kind: "reply" }>) =>
      Thinking.think({
        messages: task.messages,
        tools: task.tools,
        settings: settings.model,
        thought,
        say,
        onToken: Effect.zipRight(progressed, clock.now("firstToken")),
        onTool: (name, status) =>
          Effect.zipRight(progressed, transport.send(ToolUsed.make({ messageId: request.messageId, name, status }))),
        committed: committed.await,
      })

    // A guess that failed costs nothing: once the person has really finished, it is asked anew.
    const { task } = request
    const answer =
      task.kind === "say"
        ? say(task.text)
        : think(task).pipe(
            Effect.catchAll((error) =>
              isCommitted || clock.marked("firstSentence")
                ? Effect.zipRight(committed.await, apologise(error))
                : committed.await.pipe(
                    Effect.tap(() => Ref.set(thought, Thinking.noThought)),
                    Effect.zipRight(think(task)),
                    Effect.catchAll(apologise),
                  ),
            ),
          )

    const giveUp = Effect.gen(function* () {
      if (!thinking) return
      thinking = false
      saying = false
      if (thinkingFiber !== undefined) yield* Fiber.interruptFork(thinkingFiber)
      yield* apologise(
        new ProviderError({
          provider: names.languageModel,
          operation: "chat",
          reason: new TimedOut({ stage: "total", budgetMillis: settings.deadAir.giveUpMillis }),
        }),
      )
      yield* speaking.end
    })

    const watchdog = DeadAir.watch(
      {
        held: () => paused,
        released: released.await,
        quietSince: () => Math.max(quietFrom, speaking.status().audibleUntil),
        progressAt: () => (saying ? Number.POSITIVE_INFINITY : progressAt),
        voiceBusy: () => speaking.status().busy,
        thinking: () => thinking,
        say: (count) => {
          deadAir++
          return speaking.say(phrases.fillers[count % phrases.fillers.length] ?? phrases.fillers[0])
        },
        signal: Effect.suspend(() => {
          deadAir++
          return Effect.zipRight(notice("dead-air", "The answer takes long."), speaking.signal)
        }),
        giveUp: Effect.asVoid(Effect.forkIn(giveUp, scope)),
      },
      settings.deadAir,
    )

    thinkingFiber = yield* answer.pipe(
      Effect.tap(() => Effect.sync(() => void (thinking = false))),
      Effect.zipRight(speaking.end),
      Effect.forkIn(scope),
    )
    yield* speaking.finished.pipe(
      Effect.tap(() => Effect.sync(() => void (finished = true))),
      Effect.zipRight(request.onFinished),
      Effect.forkIn(scope),
    )

    const resume = Effect.gen(function* () {
      paused = false
      quietFrom = yield* Clock.currentTimeMillis
      yield* progressed
      yield* released.open
      if (isCommitted) yield* speaking.start
    })

    return {
      id: request.id,
      messageId: request.messageId,
      source: request.source,
      isCommitted: () => isCommitted,
      isPaused: () => paused,
      commit: (turnIndex) =>
        Effect.gen(function* () {
          index = turnIndex
          isCommitted = true
          speculative = clock.marked("firstToken")
          yield* clock.now("endpoint")
          yield* transport.send(StateChanged.make({ state: "thinking" }))
          yield* committed.open
          yield* resume
          yield* Effect.forkIn(watchdog, scope)
        }),
      pause: Effect.gen(function* () {
        if (paused) return
        paused = true
        yield* released.close
        yield* speaking.pause
        if (isCommitted) yield* transport.send(StateChanged.make({ state: "listening" }))
      }),
      resume: Effect.zipRight(
        resume,
        transport.send(StateChanged.make({ state: clock.marked("playout") ? "speaking" : "thinking" })),
      ),
      end: (outcome) =>
        Effect.gen(function* () {
          yield* speaking.cut
          const heard = yield* speaking.heard
          const whole = finished && heard.unheard === ""
          const settled: TurnOutcome = failed ? "failed" : whole ? "answered" : outcome
          if (isCommitted) yield* show(true, settled === "interrupted")
          yield* Effect.forkIn(Scope.close(scope, Exit.void), conversation)
          const known = yield* Ref.get(thought)
          return {
            heard,
            thought: known,
            turn: new Turn({
              id: request.id,
              conversationId: request.conversationId,
              index,
              startedAt: DateTime.unsafeMake(request.originMillis),
              source: request.source,
              outcome: settled,
              timings: clock.timings(),
              speculative,
              deadAir,
              recoveries,
              ...names,
              inputTokens: known.inputTokens,
              outputTokens: known.outputTokens,
            }),
          }
        }),
    }
  })
