import { Clock, Effect, Option, type Scope } from "effect"
import type { EndReason } from "../../domain/conversation/Conversation.ts"
import type { MessageId } from "../../domain/conversation/Message.ts"
import type { Participant } from "../../domain/hook/LifecycleHooks.ts"
import { Notice, StateChanged } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import type { ProviderError } from "../../domain/speech/ProviderError.ts"
import type { Answers } from "./Answers.ts"
import { type ConversationInput, Due } from "./ConversationInput.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import type { HookQueue } from "./HookQueue.ts"
import { isBackchannel, isSurelyMeant } from "./Interruption.ts"
import type { Listening } from "./Listening.ts"
import * as Person from "./Person.ts"
import * as Phrases from "./Phrases.ts"
import * as Timer from "./Timer.ts"

export interface DialogueOptions {
  readonly answers: Answers
  readonly listening: Listening
  readonly hooks: HookQueue
  readonly post: (due: Due) => Effect.Effect<void>
}

/** Typed messages that a client may send again without being answered again. */
const typedRememberedMax = 256
const announcementsMax = 16

export interface Dialogue {
  /** Handles one input; the reason, once the conversation is over. */
  readonly handle: (input: ConversationInput) => Effect.Effect<Option.Option<EndReason>>
  /** Ends what is being said; words that were not answered yet are kept as a message. */
  readonly close: (reason: EndReason) => Effect.Effect<void>
}

/**
 * The rules of a conversation: who may speak now. One input is handled at a time and none waits for anything slow, so
 * every rule sees a consistent state.
 */
export const make = (
  options: DialogueOptions,
): Effect.Effect<Dialogue, never, ConversationSettings | VoiceTransport | Scope.Scope> =>
  Effect.gen(function* () {
    const { answers, hooks, listening, post } = options
    const { person } = listening
    const settings = yield* ConversationSettings
    const transport = yield* VoiceTransport
    const phrases = Phrases.forLanguage(settings.language)
    const absence = yield* Timer.make
    const typed = new Set<MessageId>()
    const announcements: Array<string> = []
    let participant: Participant | undefined
    let away = false
    /** The person was asked whether they are still there. */
    let asked = false
    /** The conversation is over as soon as the current answer is. */
    let ending: EndReason | undefined

    const isIdle = () => answers.current() === undefined && person.isQuiet() && person.unfinished() === undefined
    const interrupt = answers.end("interrupted")
    /** An answer that begins while the person speaks, or is away, waits for them. */
    const holdIfNeeded = Effect.suspend(() =>
      away || person.isSpeaking() ? (answers.current()?.pause ?? Effect.void) : Effect.void,
    )
    const say = (text: string) => absence.clear.pipe(Effect.zipRight(answers.say(text)), Effect.zipRight(holdIfNeeded))
    const personSpoke = Effect.suspend(() => {
      asked = false
      ending = undefined
      return absence.clear
    })

    /** Nobody speaks: say what was put off, or wait for the person. */
    const rest = Effect.gen(function* () {
      if (answers.current() !== undefined) return
      yield* transport.send(StateChanged.make({ state: "listening" }))
      if (away || !isIdle()) return
      const next = announcements.shift()
      if (next !== undefined) return yield* say(next)
      const millis = asked ? settings.absence.endMillis : settings.absence.askMillis
      yield* absence.set(Effect.zipRight(Effect.sleep(millis), post(Due.AbsenceDue())))
    })

    /** What was heard is nothing to answer: go on where we were. */
    const carryOn = Effect.gen(function* () {
      if (!person.isQuiet()) return
      const answer = answers.current()
      if (answer?.isPaused() === true && !away) yield* answer.resume
      if (person.unfinished() !== undefined) yield* listening.awaitEndpoint
      else yield* rest
    })

    const onPartial = Effect.fnUntraced(function* (text: string) {
      if (answers.current() !== undefined) {
        if (!isSurelyMeant(text)) return
        yield* interrupt
        yield* transport.send(StateChanged.make({ state: "listening" }))
      }
      yield* listening.showPartial(text)
    })

    const onFinal = Effect.fnUntraced(function* (segment: number, text: string, confidence: number) {
      if (text === "" || (answers.current() !== undefined && isBackchannel(text))) {
        yield* listening.heardNothing(segment)
        return yield* carryOn
      }
      yield* interrupt
      yield* answers.dropGuess
      yield* personSpoke
      yield* listening.heardWords(segment, text, confidence)
      yield* transport.send(StateChanged.make({ state: "listening" }))
      if (person.isQuiet()) yield* listening.awaitEndpoint
    })

    const onNotRecognised = Effect.fnUntraced(function* (segment: number, error: ProviderError) {
      yield* Effect.logWarning(`speech was not recognised: ${error.message}`)
      yield* transport.send(Notice.make({ code: "speech-to-text-failed", message: error.message }))
      yield* listening.heardNothing(segment)
      if (!person.isQuiet()) return
      if (person.unfinished() !== undefined) return yield* listening.awaitEndpoint
      yield* interrupt
      yield* say(phrases.notHeard)
    })

    const onText = Effect.fnUntraced(function* (messageId: MessageId, text: string) {
      if (typed.has(messageId)) return
      for (const oldest of typed) if (typed.size >= typedRememberedMax) typed.delete(oldest)
      typed.add(messageId)
      yield* interrupt
      yield* personSpoke
      const before = yield* listening.take
      if (Option.isSome(before)) yield* answers.remember(before.value.text)
      yield* listening.store(messageId, text, { source: "text" })
      const originMillis = yield* Clock.currentTimeMillis
      yield* answers.reply({ text, source: "text", originMillis, finalTranscriptMillis: Option.none() })
      yield* holdIfNeeded
    })

    const isStill = (said: string) => {
      const words = person.unfinished()
      return person.isQuiet() && words !== undefined && Person.textOf(words) === said
    }

    const onEndpoint = Effect.fnUntraced(function* (text: string) {
      const said = isStill(text) ? yield* listening.take : Option.none()
      if (Option.isNone(said)) return
      yield* answers.reply(said.value)
      yield* holdIfNeeded
    })

    const onGuess = (text: string) => {
      const words = person.unfinished()
      return isStill(text) && words !== undefined ? answers.guess(Person.saidOf(words)) : Effect.void
    }

    const onConnected = Effect.fnUntraced(function* (who: Participant) {
      away = false
      if (participant !== undefined) return yield* carryOn
      participant = who
      yield* hooks.connected(who)
      const greeting = settings.greeting
        .replaceAll("{assistant}", settings.assistantName)
        .replaceAll("{person}", who.name)
      yield* greeting === "" ? rest : say(greeting)
    })

    const onDisconnected = Effect.suspend(() => {
      away = true
      return Effect.zipRight(absence.clear, holdIfNeeded)
    })

    const onAbsence = Effect.suspend(() => {
      if (!isIdle()) return Effect.void
      if (asked) ending = "silence"
      const words = asked ? phrases.goodbye : phrases.stillThere
      asked = true
      return say(words)
    })

    const onAnswerFinished = Effect.fnUntraced(function* (id: string) {
      if (answers.current()?.id !== id) return
      yield* answers.end("answered")
      yield* rest
    })

    const act = (input: ConversationInput): Effect.Effect<void> => {
      switch (input._tag) {
        case "SpeechStarted":
          person.started(input.segment, input.at)
          return Effect.zipRight(listening.stopWaiting, absence.clear)
        case "SpeechConfirmed":
          return answers.current()?.pause ?? Effect.void
        case "SpeechEnded":
          return Effect.sync(() => person.ended(input.lastSoundAt))
        case "Partial":
          return onPartial(input.text)
        case "Final":
          return onFinal(input.segment, input.text, input.confidence)
        case "NotRecognised":
          return onNotRecognised(input.segment, input.error)
        case "Text":
          return onText(input.messageId, input.text)
        case "Interrupt":
          return Effect.zipRight(interrupt, rest)
        case "Connected":
          return onConnected(input)
        case "Disconnected":
          return onDisconnected
        case "GuessDue":
          return onGuess(input.said)
        case "EndpointDue":
          return onEndpoint(input.said)
        case "AnswerFinished":
          return onAnswerFinished(input.id)
        case "AbsenceDue":
          return onAbsence
        case "Announcement":
          if (announcements.length >= announcementsMax) return Effect.logWarning("an announcement was dropped")
          announcements.push(input.text)
          return isIdle() ? rest : Effect.void
        case "EndRequested":
          return Effect.sync(() => void (ending = "assistant"))
        case "Over":
          return Effect.void
      }
    }

    return {
      handle: Effect.fnUntraced(function* (input) {
        if (input._tag === "Over") return Option.some(input.reason)
        yield* act(input)
        return answers.current() === undefined ? Option.fromNullable(ending) : Option.none()
      }),
      close: Effect.fnUntraced(function* (reason) {
        yield* answers.end(reason === "left" ? "abandoned" : "interrupted")
        yield* answers.dropGuess
        yield* listening.take
      }),
    }
  })
