import { Context, Effect, Layer, Metric, Ref, Stream } from "effect"
import { LanguageModel } from "../domain/llm/LanguageModel.ts"
import type { ProviderError } from "../domain/speech/ProviderError.ts"
import { SpeechToText } from "../domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../domain/speech/TextToSpeech.ts"
import * as AudioReplay from "./AudioReplay.ts"

type Model = Context.Tag.Service<LanguageModel>
type Recogniser = Context.Tag.Service<SpeechToText>
type Voice = Context.Tag.Service<TextToSpeech>

/** How often a second provider had to step in; tagged with the port. */
export const failoverMetric = Metric.counter("parley_provider_failovers_total", { incremental: true })

const bothNames = (primary: { readonly name: string }, secondary: { readonly name: string }) =>
  `${primary.name}, else ${secondary.name}`

/**
 * Turns to the second stream when the first one fails in a way that another vendor could mend, and only while nothing binding was
 * emitted: half an answer is never followed by another one's beginning.
 */
const orElse =
  <A, R2>(options: {
    readonly port: string
    readonly commits: (event: A) => boolean
    readonly secondary: Stream.Stream<A, ProviderError, R2>
  }) =>
  <R>(primary: Stream.Stream<A, ProviderError, R>): Stream.Stream<A, ProviderError, R | R2> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const committed = yield* Ref.make(false)
        const turnOver = (error: ProviderError) =>
          Effect.gen(function* () {
            if (!error.isFailoverWorthy || (yield* Ref.get(committed))) return yield* error
            yield* Effect.logWarning(`${error.message}; turning to the second provider`)
            yield* Metric.increment(Metric.tagged(failoverMetric, "port", options.port))
            return options.secondary
          })
        return primary.pipe(
          Stream.mapChunksEffect((events) =>
            Effect.as(Array.from(events).some(options.commits) ? Ref.set(committed, true) : Effect.void, events),
          ),
          Stream.catchAll((error) => Stream.unwrap(turnOver(error))),
        )
      }),
    )

export const languageModel = (primary: Model, secondary: Model): Model => ({
  name: bothNames(primary, secondary),
  chat: (request) =>
    primary
      .chat(request)
      .pipe(orElse({ port: "LanguageModel", commits: () => true, secondary: secondary.chat(request) })),
})

/** The second recogniser hears the segment from its beginning. Partials bind nobody: each replaces the one before. */
export const speechToText = (primary: Recogniser, secondary: Recogniser): Recogniser => ({
  name: bothNames(primary, secondary),
  transcribe: (audio, options) =>
    Stream.unwrapScoped(
      Effect.map(AudioReplay.make(audio), ({ stream }) =>
        primary.transcribe(stream, options).pipe(
          orElse({
            port: "SpeechToText",
            commits: (event) => event._tag === "Final",
            secondary: secondary.transcribe(stream, options),
          }),
        ),
      ),
    ),
})

/** A voice that the second provider does not know becomes its own default, as the port says. */
export const textToSpeech = (primary: Voice, secondary: Voice): Voice => ({
  name: bothNames(primary, secondary),
  voices: [...primary.voices, ...secondary.voices],
  synthesize: (request) =>
    primary
      .synthesize(request)
      .pipe(orElse({ port: "TextToSpeech", commits: () => true, secondary: secondary.synthesize(request) })),
})

/** Both are built once, at the beginning; a second provider that cannot even be built is told at the start, not in need. */
const layerOf =
  <I, S>(tag: Context.Tag<I, S>, combine: (primary: S, secondary: S) => S) =>
  <E1, R1, E2, R2>(
    primary: Layer.Layer<I, E1, R1>,
    secondary: Layer.Layer<I, E2, R2>,
  ): Layer.Layer<I, E1 | E2, R1 | R2> =>
    Layer.flatMap(primary, (first) =>
      Layer.map(secondary, (second) => Context.make(tag, combine(Context.get(first, tag), Context.get(second, tag)))),
    )

export const layerLanguageModel = layerOf(LanguageModel, languageModel)
export const layerSpeechToText = layerOf(SpeechToText, speechToText)
export const layerTextToSpeech = layerOf(TextToSpeech, textToSpeech)
