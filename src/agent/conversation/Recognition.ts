import { Effect, Fiber, Mailbox, type Scope, Stream } from "effect"
import type { PcmFrame } from "../../domain/speech/PcmFrame.ts"
import { ProviderError, TimedOut, Truncated } from "../../domain/speech/ProviderError.ts"
import { SpeechToText, type TranscriptEvent } from "../../domain/speech/SpeechToText.ts"
import { contained } from "./Contained.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import { HearingEvent } from "./HearingEvent.ts"

/** Frames of one segment that its recogniser has not taken yet; 40 s at 32 ms a frame. What comes after is lost to it. */
const framesWaitingMax = 1_250

/** One stretch of speech on its way through the recogniser. */
export interface Segment {
  readonly add: (frame: PcmFrame) => void
  readonly end: Effect.Effect<void>
}

/** What the recogniser said of one segment. */
const makeTranscript = () => {
  const finals: Array<string> = []
  let confidences = 0
  const join = (parts: ReadonlyArray<string>) => parts.filter((part) => part !== "").join(" ")
  return {
    /** Takes an event in; answers all that is believed now. */
    add: (event: TranscriptEvent): string => {
      if (event._tag === "Partial") return join([...finals, event.text.trim()])
      finals.push(event.text.trim())
      confidences += event.confidence
      return join(finals)
    },
    final: () => (finals.length === 0 ? undefined : { text: join(finals), confidence: confidences / finals.length }),
  }
}

/** Opens segments. Each ends with exactly one `Final` or `NotRecognised`, within a deadline after its audio has ended. */
export const make = (
  emit: (event: HearingEvent) => Effect.Effect<void>,
): Effect.Effect<
  (segment: number) => Effect.Effect<Segment>,
  never,
  SpeechToText | ConversationSettings | Scope.Scope
> =>
  Effect.gen(function* () {
    const recogniser = yield* SpeechToText
    const { hearing, language } = yield* ConversationSettings
    const scope = yield* Effect.scope
    const failure = (reason: ProviderError["reason"]) =>
      new ProviderError({ provider: recogniser.name, operation: "transcribe", reason })

    return Effect.fnUntraced(function* (segment: number) {
      const audio = yield* Mailbox.make<PcmFrame>(framesWaitingMax)
      const transcript = makeTranscript()
      let ended = false
      let settled = false

      const take = (event: TranscriptEvent) => {
        const text = transcript.add(event)
        // What is known after the end of the speech is told at once, and whole.
        const toldLater = ended && event._tag === "Final"
        return text === "" || toldLater ? Effect.void : emit(HearingEvent.Partial({ segment, text }))
      }
      const settle = (event: HearingEvent) =>
        Effect.suspend(() => {
          if (settled) return Effect.void
          settled = true
          return emit(event)
        })
      const work = yield* recogniser.transcribe(Mailbox.toStream(audio), { language }).pipe(
        Stream.runForEach(take),
        contained(recogniser.name, "transcribe"),
        Effect.flatMap(() => Effect.mapError(Effect.fromNullable(transcript.final()), () => failure(new Truncated()))),
        Effect.matchEffect({
          onFailure: (error) => settle(HearingEvent.NotRecognised({ segment, error })),
          onSuccess: (words) => settle(HearingEvent.Final({ segment, ...words })),
        }),
        Effect.forkIn(scope),
      )
      const late = Effect.sleep(hearing.finalMillisMax).pipe(
        Effect.zipRight(
          Effect.suspend(() => {
            if (settled) return Effect.void
            const error = failure(new TimedOut({ stage: "total", budgetMillis: hearing.finalMillisMax }))
            return Effect.zipRight(settle(HearingEvent.NotRecognised({ segment, error })), Fiber.interruptFork(work))
          }),
        ),
      )
      return {
        add: (frame: PcmFrame) => void audio.unsafeOffer(frame),
        end: Effect.gen(function* () {
          ended = true
          yield* audio.end
          const timer = yield* Effect.forkIn(late, scope)
          work.addObserver(() => timer.unsafeInterruptAsFork(timer.id()))
        }),
      }
    })
  })
