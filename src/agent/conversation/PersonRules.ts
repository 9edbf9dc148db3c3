import { Clock, Effect, Option } from "effect"
import type { MessageId } from "../../domain/conversation/Message.ts"
import { Notice, StateChanged } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import type { ProviderError } from "../../domain/speech/ProviderError.ts"
import type { Answers } from "./Answers.ts"
import type { Floor } from "./Floor.ts"
import { isBackchannel, isSurelyMeant } from "./Interruption.ts"
import type { Listening } from "./Listening.ts"
import * as Person from "./Person.ts"
import * as TroubleWords from "./TroubleWords.ts"

/** Typed messages that a client may send again without being answered again. */
const typedRememberedMax = 256

export interface PersonRulesOptions {
  readonly answers: Answers
  readonly floor: Floor
  readonly listening: Listening
  /** Messages of before that a page may send again. */
  readonly known: ReadonlyArray<MessageId>
}

/** What follows from a person's words: they interrupt, they are waited for, they are answered. */
export const make = ({ answers, floor, known, listening }: PersonRulesOptions) =>
  Effect.gen(function* () {
    const { person } = listening
    const transport = yield* VoiceTransport
    const typed = new Set(known.slice(-typedRememberedMax))
    const showListening = transport.send(StateChanged.make({ state: "listening" }))

    /** Words that waited for an answer become a message without one of its own. */
    const setAside = Effect.gen(function* () {
      const before = yield* listening.take
      if (Option.isSome(before)) yield* answers.remember(before.value)
    })

    const isStill = (said: string) => {
      const words = person.unfinished()
      return person.isQuiet() && words !== undefined && Person.textOf(words) === said
    }

    const isNew = (messageId: MessageId) => {
      if (typed.has(messageId)) return false
      for (const oldest of typed) if (typed.size >= typedRememberedMax) typed.delete(oldest)
      typed.add(messageId)
      return true
    }

    const keep = Effect.fnUntraced(function* (segment: number, text: string, confidence: number) {
      if (text === "") return yield* listening.heardNothing(segment)
      if (listening.isAnother(segment)) yield* setAside
      yield* listening.heardWords(segment, text, confidence)
    })

    return {
      /** Takes words for the record, and does nothing about them. */
      keep,
      keepText: (messageId: MessageId, text: string) =>
        Effect.suspend(() => (isNew(messageId) ? listening.store(messageId, text, { source: "text" }) : Effect.void)),

      partial: Effect.fnUntraced(function* (segment: number, text: string) {
        person.hasWords(segment)
        if (answers.current() !== undefined) {
          if (!isSurelyMeant(text)) return
          yield* floor.interrupt
          yield* showListening
        }
        yield* listening.showPartial(text)
      }),

      final: Effect.fnUntraced(function* (segment: number, text: string, confidence: number) {
        if (text === "" || (answers.current() !== undefined && isBackchannel(text))) {
          yield* listening.heardNothing(segment)
          return yield* floor.carryOn
        }
        yield* floor.interrupt
        yield* answers.dropGuess
        yield* floor.personSpoke
        yield* keep(segment, text, confidence)
        yield* showListening
        if (person.isQuiet()) yield* listening.awaitEndpoint
      }),

      notRecognised: Effect.fnUntraced(function* (segment: number, error: ProviderError) {
        yield* Effect.logWarning(`speech was not recognised: ${error.message}`)
        const message = TroubleWords.ofFailure("The recogniser", error)
        yield* transport.send(Notice.make({ code: "speech-to-text-failed", message }))
        yield* listening.heardNothing(segment)
        yield* floor.notUnderstood
      }),

      text: Effect.fnUntraced(function* (messageId: MessageId, text: string) {
        if (!isNew(messageId)) return
        yield* floor.interrupt
        yield* floor.personSpoke
        yield* setAside
        yield* listening.store(messageId, text, { source: "text" })
        const originMillis = yield* Clock.currentTimeMillis
        yield* answers.reply({ text, source: "text", originMillis, finalTranscriptMillis: Option.none() })
        yield* floor.holdIfNeeded
      }),

      mayBeFinished: (text: string) => {
        const said = listening.said()
        return isStill(text) && said !== undefined ? answers.guess(said) : Effect.void
      },

      hasFinished: Effect.fnUntraced(function* (text: string) {
        const said = isStill(text) ? yield* listening.take : Option.none()
        if (Option.isNone(said)) return
        yield* answers.reply(said.value)
        yield* floor.holdIfNeeded
      }),
    }
  })
