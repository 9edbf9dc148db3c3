import { Effect, Layer, Stream } from "effect"
import { LanguageModel } from "../domain/llm/LanguageModel.ts"
import { SpeechToText } from "../domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../domain/speech/TextToSpeech.ts"
import { TurnDetector } from "../domain/speech/TurnDetector.ts"
import { VoiceActivityDetector } from "../domain/speech/VoiceActivityDetector.ts"
import type { HurriedClock } from "./HurriedClock.ts"

/** Waiting for the next element counts as work; what the reader does between two does not. */
const whilePulled =
  (clock: HurriedClock) =>
  <A, E>(stream: Stream.Stream<A, E>): Stream.Stream<A, E> =>
    Stream.fromPull(Effect.map(Stream.toPull(stream), clock.whileWorking))

/** A recogniser waits for audio, which waits for the clock: it is at work once it has all of it and owes the rest. */
const speechToText = (clock: HurriedClock) =>
  Effect.map(SpeechToText, (inner) =>
    SpeechToText.of({
      name: inner.name,
      transcribe: (audio, options) =>
        Stream.unwrapScoped(
          Effect.gen(function* () {
            let owes = false
            yield* clock.whileListening
            const begin = Effect.zipRight(
              Effect.sync(() => (owes = true)),
              clock.enter,
            ).pipe(Effect.uninterruptible)
            yield* Effect.addFinalizer(() => Effect.suspend(() => (owes ? clock.leave : Effect.void)))
            return inner.transcribe(Stream.concat(audio, Stream.execute(begin)), options)
          }),
        ),
    }),
  )

/** The five engines of a conversation, each telling the clock when it is at work. */
export const layer = (clock: HurriedClock) =>
  Layer.mergeAll(
    Layer.effect(SpeechToText, speechToText(clock)),
    Layer.effect(
      LanguageModel,
      Effect.map(LanguageModel, (inner) =>
        LanguageModel.of({ name: inner.name, chat: (request) => whilePulled(clock)(inner.chat(request)) }),
      ),
    ),
    Layer.effect(
      TextToSpeech,
      Effect.map(TextToSpeech, (inner) =>
        TextToSpeech.of({ ...inner, synthesize: (request) => whilePulled(clock)(inner.synthesize(request)) }),
      ),
    ),
    Layer.effect(
      VoiceActivityDetector,
      Effect.map(VoiceActivityDetector, (inner) =>
        VoiceActivityDetector.of({
          ...inner,
          open: Effect.map(clock.whileWorking(inner.open), (session) => ({
            accept: (window) => clock.whileWorking(session.accept(window)),
          })),
        }),
      ),
    ),
    Layer.effect(
      TurnDetector,
      Effect.map(TurnDetector, (inner) =>
        TurnDetector.of({ name: inner.name, finished: (turn) => clock.whileWorking(inner.finished(turn)) }),
      ),
    ),
  )
