import { Clock, DateTime, Effect, Option, type Scope } from "effect"
import { Message, MessageId } from "../../domain/conversation/Message.ts"
import type { HookContext } from "../../domain/hook/LifecycleHooks.ts"
import { UserTranscript } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import type { PcmFrame } from "../../domain/speech/PcmFrame.ts"
import { TurnDetector } from "../../domain/speech/TurnDetector.ts"
import { uuidV7 } from "../../domain/Uuid.ts"
import type { Said } from "./Answers.ts"
import { Due } from "./ConversationInput.ts"
import { contained } from "./Contained.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import * as Endpointing from "./Endpointing.ts"
import type { HookQueue } from "./HookQueue.ts"
import * as Person from "./Person.ts"
import * as Speakers from "./Speakers.ts"
import * as Timer from "./Timer.ts"

/** A detector that takes longer is answered for: neither finished nor not. */
const detectorMillisMax = 150
const undecided = 0.5
/** Below this, a guess at the end of the turn is likely wrong and only costs tokens. */
const guessProbabilityMin = 0.5

export interface ListeningOptions {
  readonly context: HookContext
  readonly hooks: HookQueue
  readonly recentAudio: () => PcmFrame
  readonly post: (due: Due) => Effect.Effect<void>
}

/** The person's side of a conversation: their words on the page, when they have finished, and as messages. */
export interface Listening {
  readonly person: Person.Person
  /** Whose voice comes from here on. */
  readonly speaker: (name: string) => void
  readonly started: (segment: number, at: number) => void
  /** Words of somebody else wait to be answered. */
  readonly isAnother: (segment: number) => boolean
  /** The words that wait to be answered. */
  readonly said: () => Said | undefined
  readonly showPartial: (text: string) => Effect.Effect<void>
  /** The segment was no speech, or not for us: its partials go. */
  readonly heardNothing: (segment: number) => Effect.Effect<void>
  readonly heardWords: (segment: number, text: string, confidence: number) => Effect.Effect<void>
  /** The person fell silent: decides how long to wait for more, and posts `EndpointDue` then. */
  readonly awaitEndpoint: Effect.Effect<void>
  readonly stopWaiting: Effect.Effect<void>
  /** Makes the words a message. */
  readonly take: Effect.Effect<Option.Option<Said>>
  readonly store: (id: MessageId, content: string, metadata: Message["metadata"]) => Effect.Effect<void>
}

export const make = (
  options: ListeningOptions,
): Effect.Effect<Listening, never, ConversationSettings | VoiceTransport | TurnDetector | Scope.Scope> =>
  Effect.gen(function* () {
    const settings = yield* ConversationSettings
    const transport = yield* VoiceTransport
    const detector = yield* TurnDetector
    const person = Person.make()
    const endpoint = yield* Timer.make
    /** The message that partials are shown under. */
    let shownId: MessageId | undefined
    const speakers = Speakers.make()

    const show = (
      messageId: MessageId,
      text: string,
      final: boolean,
      { source, speaker }: Pick<Message["metadata"], "source" | "speaker">,
    ) =>
      transport.send(
        UserTranscript.make({
          messageId,
          text,
          final,
          source: source ?? "speech",
          ...(speaker === undefined ? {} : { speaker }),
        }),
      )
    const speakerOf = (words: Person.Unfinished) => speakers.of(words.parts[0]?.segment)
    /** Of the words that wait, or of the voice that is heard now. */
    const spoken = () => {
      const words = person.unfinished()
      const speaker = words === undefined ? speakers.newest() : speakerOf(words)
      return { source: "speech", ...(speaker === undefined ? {} : { speaker }) } as const
    }
    const messageId = Effect.gen(function* () {
      return (shownId ??= person.unfinished()?.messageId ?? MessageId.make(yield* uuidV7))
    })

    const store = Effect.fnUntraced(function* (id: MessageId, content: string, metadata: Message["metadata"]) {
      const timestamp = yield* DateTime.now
      const conversationId = options.context.conversation.id
      yield* options.hooks.message(new Message({ id, conversationId, role: "user", content, timestamp, metadata }))
      yield* show(id, content, true, metadata)
    })

    const judge = (transcript: string) =>
      detector.finished({ transcript, language: settings.language, audio: options.recentAudio }).pipe(
        Effect.timeout(detectorMillisMax),
        contained(detector.name, "judge"),
        Effect.catchAll((error) => Effect.as(Effect.logWarning(`turn detector failed: ${error.message}`), undecided)),
      )

    const decide = Effect.fnUntraced(function* (words: Person.Unfinished) {
      const said = Person.textOf(words)
      const finished = yield* judge(said)
      if (settings.endpointing.speculative && finished >= guessProbabilityMin)
        yield* options.post(Due.GuessDue({ said }))
      const delay = Endpointing.delayMillis(finished, person.pauses(), settings.endpointing)
      const wait = delay - ((yield* Clock.currentTimeMillis) - words.lastSoundAt)
      // A recogniser is often slower than the delay, and the shortest timer still takes a millisecond.
      if (wait > 0) yield* Effect.sleep(wait)
      yield* options.post(Due.EndpointDue({ said }))
    })

    return {
      person,
      store,
      speaker: speakers.heard,
      started: (segment, at) => {
        speakers.started(segment)
        person.started(segment, at)
      },
      isAnother: (segment) => {
        const words = person.unfinished()
        return words !== undefined && speakerOf(words) !== speakers.of(segment)
      },
      said: () => {
        const words = person.unfinished()
        return words === undefined ? undefined : Person.saidOf(words, speakerOf(words))
      },
      stopWaiting: endpoint.clear,
      showPartial: Effect.fnUntraced(function* (text) {
        const words = person.unfinished()
        yield* show(yield* messageId, words === undefined ? text : `${Person.textOf(words)} ${text}`, false, spoken())
      }),
      heardNothing: Effect.fnUntraced(function* (segment) {
        person.heardNothing(segment)
        const words = person.unfinished()
        if (shownId === undefined) return
        yield* show(shownId, words === undefined ? "" : Person.textOf(words), words === undefined, spoken())
        if (words === undefined) shownId = undefined
      }),
      heardWords: Effect.fnUntraced(function* (segment, text, confidence) {
        const finalAt = yield* Clock.currentTimeMillis
        person.heardWords(segment, { text, confidence, finalAt, messageId: yield* messageId })
        const words = person.unfinished()
        if (words !== undefined) yield* show(words.messageId, Person.textOf(words), false, spoken())
      }),
      awaitEndpoint: Effect.suspend(() => {
        const words = person.unfinished()
        return words === undefined ? Effect.void : endpoint.set(decide(words))
      }),
      take: Effect.gen(function* () {
        const words = person.take()
        yield* endpoint.clear
        shownId = undefined
        if (words === undefined) return Option.none()
        const speaker = speakerOf(words)
        const metadata = { source: "speech", confidence: Person.confidenceOf(words) } as const
        yield* store(words.messageId, Person.textOf(words), speaker === undefined ? metadata : { ...metadata, speaker })
        return Option.some(Person.saidOf(words, speaker))
      }),
    }
  })
