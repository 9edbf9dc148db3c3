import { Deferred, Effect, Mailbox, type Scope, Stream } from "effect"
import type { PcmFrame } from "../../domain/speech/PcmFrame.ts"
import { ProviderError, TimedOut, Truncated } from "../../domain/speech/ProviderError.ts"
import { SpeechToText } from "../../domain/speech/SpeechToText.ts"
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
      const ended = yield* Deferred.make<void>()
      const finals: Array<string> = []
      let confidences = 0

      const events = recogniser.transcribe(Mailbox.toStream(audio), { language }).pipe(
        Stream.runForEach((event) => {
          if (event._tag === "Final") {
            finals.push(event.text.trim())
            confidences += event.confidence
          }
          const text = [...finals, event._tag === "Partial" ? event.text.trim() : ""].filter((part) => part !== "")
          return text.length === 0 ? Effect.void : emit(HearingEvent.Partial({ segment, text: text.join(" ") }))
        }),
      )
      const late = Deferred.await(ended).pipe(
        Effect.zipRight(Effect.sleep(hearing.finalMillisMax)),
        Effect.zipRight(Effect.fail(failure(new TimedOut({ stage: "total", budgetMillis: hearing.finalMillisMax })))),
      )
      yield* Effect.raceFirst(events, late).pipe(
        contained(recogniser.name, "transcribe"),
        Effect.flatMap(() => (finals.length === 0 ? Effect.fail(failure(new Truncated())) : Effect.void)),
        Effect.matchEffect({
          onFailure: (error) => emit(HearingEvent.NotRecognised({ segment, error })),
          onSuccess: () => {
            const text = finals.filter((part) => part !== "").join(" ")
            return emit(HearingEvent.Final({ segment, text, confidence: confidences / finals.length }))
          },
        }),
        Effect.forkIn(scope),
      )
      return {
        add: (frame: PcmFrame) => void audio.unsafeOffer(frame),
        end: Effect.zipRight(Deferred.succeed(ended, undefined), audio.end),
      }
    })
  })
