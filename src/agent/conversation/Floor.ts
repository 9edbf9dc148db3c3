import { Effect, Option, type Scope } from "effect"
import type { EndReason } from "../../domain/conversation/Conversation.ts"
import { StateChanged } from "../../domain/media/ConversationEvent.ts"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import type { Answers } from "./Answers.ts"
import { Due } from "./ConversationInput.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import type { Listening } from "./Listening.ts"
import * as Phrases from "./Phrases.ts"
import * as Timer from "./Timer.ts"

const announcementsMax = 16

export interface FloorOptions {
  readonly answers: Answers
  readonly listening: Listening
  readonly post: (due: Due) => Effect.Effect<void>
}

/** Who may speak now, and what happens when nobody does. */
export interface Floor {
  /** Silences the assistant for good; what was heard of its answer is recorded. */
  readonly interrupt: Effect.Effect<void>
  readonly say: (text: string) => Effect.Effect<void>
  /** Nobody speaks: says what was put off, or waits for the person. */
  readonly rest: Effect.Effect<void>
  /** The person may be quiet now: waits for more of their words if there are some, else goes on where we were. */
  readonly carryOn: Effect.Effect<void>
  /** The person said something that nobody understood: says so, once they are quiet. */
  readonly notUnderstood: Effect.Effect<void>
  /** An answer that begins while the person speaks, or is away, waits for them. */
  readonly holdIfNeeded: Effect.Effect<void>
  /** The person said something: they are there, and the conversation does not end now. */
  readonly personSpoke: Effect.Effect<void>
  readonly stopWaiting: Effect.Effect<void>
  readonly personAway: (away: boolean) => void
  readonly personAbsent: Effect.Effect<void>
  readonly announce: (text: string) => Effect.Effect<void>
  /** The conversation is over as soon as nobody says anything. */
  readonly endAfterAnswer: Effect.Effect<void>
  /** Says goodbye, whatever is under way; nothing but the end comes after it. */
  readonly leave: Effect.Effect<void>
  readonly isLeaving: () => boolean
  readonly over: () => Option.Option<EndReason>
}

export const make = ({
  answers,
  listening,
  post,
}: FloorOptions): Effect.Effect<Floor, never, ConversationSettings | VoiceTransport | Scope.Scope> =>
  Effect.gen(function* () {
    const { person } = listening
    const settings = yield* ConversationSettings
    const transport = yield* VoiceTransport
    const phrases = Phrases.forLanguage(settings.language)
    const absence = yield* Timer.make
    const announcements: Array<string> = []
    let away = false
    /** The person was asked whether they are still there. */
    let asked = false
    let missed = false
    let ending: EndReason | undefined
    /** The last words are being said. */
    let leaving = false

    const isIdle = () => answers.current() === undefined && person.isQuiet() && person.unfinished() === undefined
    const holdIfNeeded = Effect.suspend(() =>
      away || person.isSpeaking() ? (answers.current()?.pause ?? Effect.void) : Effect.void,
    )
    const say = (text: string) => absence.clear.pipe(Effect.zipRight(answers.say(text)), Effect.zipRight(holdIfNeeded))

    const rest = Effect.gen(function* () {
      if (answers.current() !== undefined) return
      yield* transport.send(StateChanged.make({ state: "listening" }))
      if (away || !isIdle()) return
      const next = announcements.shift()
      if (next !== undefined) return yield* say(next)
      const millis = asked ? settings.absence.endMillis : settings.absence.askMillis
      yield* absence.set(Effect.zipRight(Effect.sleep(millis), post(Due.AbsenceDue())))
    })

    const interrupt = answers.end("interrupted")

    const carryOn = Effect.gen(function* () {
      if (!person.isQuiet()) return
      const unclear = missed
      missed = false
      if (person.unfinished() !== undefined) return yield* listening.awaitEndpoint
      if (unclear) return yield* Effect.zipRight(interrupt, say(phrases.notHeard))
      const answer = answers.current()
      if (answer?.isPaused() === true && !away) yield* answer.resume
      yield* rest
    })

    return {
      interrupt,
      carryOn,
      notUnderstood: Effect.suspend(() => {
        missed = true
        return carryOn
      }),
      say,
      rest,
      holdIfNeeded,
      stopWaiting: absence.clear,
      personAway: (isAway) => void (away = isAway),
      // Who is just beginning to speak is heard out: it may be why the conversation goes on.
      over: () => {
        if (leaving && answers.current() === undefined) return Option.some("drain")
        return isIdle() ? Option.fromNullable(ending) : Option.none()
      },
      isLeaving: () => leaving,
      leave: Effect.gen(function* () {
        yield* interrupt
        yield* answers.dropGuess
        yield* Effect.zipRight(absence.clear, listening.stopWaiting)
        leaving = true
        yield* answers.say(phrases.stopping)
      }),
      personSpoke: Effect.suspend(() => {
        asked = false
        missed = false
        ending = undefined
        return absence.clear
      }),
      personAbsent: Effect.suspend(() => {
        if (!isIdle()) return Effect.void
        if (asked) ending = "silence"
        const words = asked ? phrases.goodbye : phrases.stillThere
        asked = true
        return say(words)
      }),
      announce: (text) =>
        Effect.suspend(() => {
          if (announcements.length >= announcementsMax) return Effect.logWarning("an announcement was dropped")
          announcements.push(text)
          return isIdle() ? rest : Effect.void
        }),
      endAfterAnswer: Effect.sync(() => void (ending = "assistant")),
    }
  })
