import { Effect, Option, type Scope } from "effect"
import type { LeaveReason } from "../../domain/conversation/Conversation.ts"
import type { Participant } from "../../domain/hook/LifecycleHooks.ts"
import type { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import type { Answers } from "./Answers.ts"
import type { ConversationInput, Due } from "./ConversationInput.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import * as Floor from "./Floor.ts"
import type { HookQueue } from "./HookQueue.ts"
import type { Listening } from "./Listening.ts"
import * as PersonRules from "./PersonRules.ts"
import * as Phrases from "./Phrases.ts"
import type * as Resumption from "./Resumption.ts"

export interface DialogueOptions {
  readonly answers: Answers
  readonly listening: Listening
  readonly hooks: HookQueue
  readonly post: (due: Due) => Effect.Effect<void>
  /** Undefined: the conversation begins. */
  readonly resumption: Resumption.Resumption | undefined
}

export interface Dialogue {
  /** Handles one input; the reason, once the conversation is over. */
  readonly handle: (input: ConversationInput) => Effect.Effect<Option.Option<LeaveReason>>
  /** Ends what is being said; words that were not answered yet are kept as a message. */
  readonly close: (reason: LeaveReason) => Effect.Effect<void>
}

/**
 * Everything that can happen in a conversation, and what follows. One input is handled at a time and none waits for
 * anything slow, so every rule sees a consistent state.
 */
export const make = (
  options: DialogueOptions,
): Effect.Effect<Dialogue, never, ConversationSettings | VoiceTransport | Scope.Scope> =>
  Effect.gen(function* () {
    const { answers, hooks, listening, resumption } = options
    const settings = yield* ConversationSettings
    const floor = yield* Floor.make(options)
    const rules = yield* PersonRules.make({ answers, floor, listening, known: resumption?.known ?? [] })
    let participant: Participant | undefined
    /** What the person said to a worker that was lost before it answered. */
    let owed = resumption?.owed

    const connected = Effect.fnUntraced(function* (who: Participant) {
      floor.personAway(false)
      if (participant !== undefined) return yield* floor.carryOn
      participant = who
      yield* hooks.connected(who)
      if (resumption !== undefined) return yield* floor.say(Phrases.forLanguage(settings.language).back)
      const greeting = settings.greeting
        .replaceAll("{assistant}", settings.assistantName)
        .replaceAll("{person}", who.name)
      yield* greeting === "" ? floor.rest : floor.say(greeting)
    })

    const disconnected = Effect.suspend(() => {
      floor.personAway(true)
      return Effect.zipRight(floor.stopWaiting, floor.holdIfNeeded)
    })

    const answerFinished = Effect.fnUntraced(function* (id: string) {
      if (answers.current()?.id !== id) return
      yield* answers.end("answered")
      if (owed === undefined || !listening.person.isQuiet()) return yield* floor.rest
      yield* answers.reply(owed)
      owed = undefined
      yield* floor.holdIfNeeded
    })

    const act = (input: Exclude<ConversationInput, { readonly _tag: "Over" }>): Effect.Effect<void> => {
      switch (input._tag) {
        case "SpeechStarted":
          listening.started(input.segment, input.at)
          return Effect.zipRight(listening.stopWaiting, floor.stopWaiting)
        case "SpeechConfirmed":
          return listening.person.isSpeaking() ? (answers.current()?.pause ?? Effect.void) : Effect.void
        case "SpeechEnded":
          listening.person.ended(input.lastSoundAt, input.at)
          // A recogniser may have been done before the person was: then nothing else will move us on.
          return floor.carryOn
        case "Partial":
          return rules.partial(input.segment, input.text)
        case "Final":
          if (input.text !== "") owed = undefined
          return rules.final(input.segment, input.text, input.confidence)
        case "NotRecognised":
          return rules.notRecognised(input.segment, input.error)
        case "Text":
          owed = undefined
          return rules.text(input.messageId, input.text)
        case "GuessDue":
          return rules.mayBeFinished(input.said)
        case "EndpointDue":
          return rules.hasFinished(input.said)
        case "Interrupt":
          return Effect.zipRight(floor.interrupt, floor.rest)
        case "Connected":
          return connected(input)
        case "Disconnected":
          return disconnected
        case "AnswerFinished":
          return answerFinished(input.id)
        case "AbsenceDue":
          return floor.personAbsent
        case "Announcement":
          return floor.announce(input.text)
        case "Speaker":
          return Effect.sync(() => listening.speaker(input.name))
        case "GoodbyeDue":
          return floor.leave
        case "EndRequested":
          return floor.endAfterAnswer
      }
    }

    /** During the goodbye nothing is begun any more; who speaks into it has heard enough of it. What comes is kept. */
    const actWhileLeaving = (input: Exclude<ConversationInput, { readonly _tag: "Over" }>): Effect.Effect<void> => {
      switch (input._tag) {
        case "SpeechStarted":
        case "Speaker":
          return act(input)
        case "SpeechConfirmed":
        case "Interrupt":
        case "Disconnected":
          return floor.interrupt
        case "SpeechEnded":
          return Effect.sync(() => listening.person.ended(input.lastSoundAt, input.at))
        case "Final":
          return rules.keep(input.segment, input.text, input.confidence)
        case "Text":
          return rules.keepText(input.messageId, input.text)
        case "AnswerFinished":
          return answers.current()?.id === input.id ? answers.end("answered") : Effect.void
        default:
          return Effect.void
      }
    }

    return {
      handle: Effect.fnUntraced(function* (input) {
        if (input._tag === "Over") return Option.some(input.reason)
        yield* floor.isLeaving() ? actWhileLeaving(input) : act(input)
        return floor.over()
      }),
      close: Effect.fnUntraced(function* (reason) {
        yield* answers.end(reason === "left" ? "abandoned" : "interrupted")
        yield* answers.dropGuess
        yield* listening.take
      }),
    }
  })
