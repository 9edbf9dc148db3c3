import { Clock, DateTime, Effect, ExecutionStrategy, Exit, Option, Scope } from "effect"
import { Turn, type TurnId, type TurnOutcome } from "../../domain/analytics/Turn.ts"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { MessageId } from "../../domain/conversation/Message.ts"
import { type ChatMessage, LanguageModel } from "../../domain/llm/LanguageModel.ts"
import type { Tool } from "../../domain/llm/Tool.ts"
import { Notice, StateChanged } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import { SpeechToText } from "../../domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import * as DeadAir from "./DeadAir.ts"
import type { Heard } from "./HeardText.ts"
import * as Phrases from "./Phrases.ts"
import type { Thought } from "./Thinking.ts"
import * as TurnClock from "./TurnClock.ts"
import * as TurnState from "./TurnState.ts"
import * as TurnThinking from "./TurnThinking.ts"
import * as TurnVoice from "./TurnVoice.ts"

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
  readonly thought: Thought
}

/** One answer, from the first thought to the last sound heard. Made silent; `commit` lets it be heard. */
export interface ActiveTurn {
  readonly id: TurnId
  readonly messageId: MessageId
  readonly commit: (index: number) => Effect.Effect<void>
  readonly isPaused: () => boolean
  /** Silent while the person may be interrupting. */
  readonly pause: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
  /** Silent for good, every fiber let go. An answer that had been heard whole counts as answered, whatever `outcome` says. */
  readonly end: (outcome: TurnOutcome) => Effect.Effect<TurnResult>
}

export type TurnPorts = VoiceTransport | TextToSpeech | LanguageModel | SpeechToText | ConversationSettings

const names = Effect.all({
  speechToText: Effect.map(SpeechToText, ({ name }) => name),
  languageModel: Effect.map(LanguageModel, ({ name }) => name),
  textToSpeech: Effect.map(TextToSpeech, ({ name }) => name),
})

/** The watchdog of a turn, to be run once it is committed. */
const watch = (
  state: TurnState.TurnState,
  voice: TurnVoice.TurnVoice,
  giveUp: Effect.Effect<void>,
  released: Effect.Effect<void>,
) =>
  Effect.gen(function* () {
    const settings = yield* ConversationSettings
    const transport = yield* VoiceTransport
    const { fillers } = Phrases.forLanguage(settings.language)
    const counted = Effect.sync(() => void state.deadAir++)
    const notice = transport.send(Notice.make({ code: "dead-air", message: "The answer takes long." }))
    return yield* DeadAir.watch(
      {
        held: () => state.paused,
        released,
        quietSince: () => Math.max(state.waitedFrom, voice.status().audibleUntil),
        progressAt: () => (state.saying ? Number.POSITIVE_INFINITY : state.progressAt),
        voiceBusy: () => voice.status().busy,
        thinking: () => state.thinking,
        say: (count) => Effect.zipRight(counted, voice.say(fillers[count % fillers.length] ?? fillers[0])),
        signal: Effect.all([counted, notice, voice.signal], { discard: true }),
        giveUp,
      },
      settings.deadAir,
    )
  })

export const make = (request: TurnRequest): Effect.Effect<ActiveTurn, never, TurnPorts | Scope.Scope> =>
  Effect.gen(function* () {
    const { conversationId, id, messageId, originMillis, source } = request
    const transport = yield* VoiceTransport
    const providers = yield* names
    const conversation = yield* Effect.scope
    const scope = yield* Scope.fork(conversation, ExecutionStrategy.sequential)
    const committed = yield* Effect.makeLatch(false)
    const released = yield* Effect.makeLatch(true)
    const clock = TurnClock.make(originMillis)
    if (Option.isSome(request.finalTranscriptMillis)) clock.mark("finalTranscript", request.finalTranscriptMillis.value)
    const state = TurnState.make(request.task.kind === "reply")
    const voice = yield* Scope.extend(TurnVoice.make(messageId, state, clock), scope)
    const thinking = yield* TurnThinking.start({ request, state, clock, voice, committed: committed.await }).pipe(
      Scope.extend(scope),
    )
    const giveUp = Effect.asVoid(Effect.forkIn(thinking.giveUp, scope))
    const watchdog = yield* Effect.map(Effect.context<TurnPorts>(), (ports) =>
      Effect.provide(watch(state, voice, giveUp, released.await), ports),
    )
    yield* voice.finished.pipe(
      Effect.tap(() => Effect.sync(() => void (state.finished = true))),
      Effect.zipRight(request.onFinished),
      Effect.forkIn(scope),
    )

    const show = (shown: typeof StateChanged.Type.state) => transport.send(StateChanged.make({ state: shown }))
    const release = Effect.gen(function* () {
      state.paused = false
      state.waitedFrom = yield* Clock.currentTimeMillis
      state.progressAt = state.waitedFrom
      yield* released.open
      if (state.committed) yield* voice.start
    })

    const resultOf = Effect.fnUntraced(function* (outcome: TurnOutcome, heard: Heard) {
      const thought = yield* thinking.thought
      const turn = new Turn({
        id,
        conversationId,
        answerId: messageId,
        index: state.index,
        startedAt: DateTime.unsafeMake(originMillis),
        source,
        outcome,
        timings: clock.timings(),
        speculative: state.speculative,
        deadAir: state.deadAir,
        recoveries: state.recoveries,
        ...providers,
        inputTokens: thought.inputTokens,
        outputTokens: thought.outputTokens,
      })
      return { turn, heard, thought }
    })

    return {
      id,
      messageId,
      isPaused: () => state.paused,
      commit: Effect.fnUntraced(function* (index: number) {
        state.index = index
        state.committed = true
        state.speculative = clock.marked("firstToken")
        yield* clock.now("endpoint")
        yield* show("thinking")
        yield* committed.open
        yield* release
        yield* Effect.forkIn(watchdog, scope)
      }),
      pause: Effect.gen(function* () {
        if (state.paused) return
        state.paused = true
        yield* released.close
        yield* voice.pause
        yield* show("listening")
      }),
      resume: Effect.suspend(() => Effect.zipRight(release, show(clock.marked("playout") ? "speaking" : "thinking"))),
      end: Effect.fnUntraced(function* (outcome: TurnOutcome) {
        yield* voice.cut
        const heard = yield* voice.heard
        const whole = state.finished && heard.unheard === ""
        const settled: TurnOutcome = state.failed ? "failed" : whole ? "answered" : outcome
        if (state.committed) yield* voice.show(true, outcome === "interrupted" && !whole)
        // Beside the loop: a provider that is slow to let go must not hold up the next turn.
        yield* Effect.forkIn(Scope.close(scope, Exit.void), conversation)
        return yield* resultOf(settled, heard)
      }),
    }
  })
