import { Effect, Mailbox, Option, type Scope, Stream } from "effect"
import { VoiceTransport } from "../../domain/media/VoiceTransport.ts"
import { ProviderError, TimedOut, Truncated } from "../../domain/speech/ProviderError.ts"
import * as Resampler from "../../domain/speech/Resampler.ts"
import { type SpeechChunk, TextToSpeech } from "../../domain/speech/TextToSpeech.ts"
import { contained } from "./Contained.ts"
import { ConversationSettings, type VoiceSettings } from "./ConversationSettings.ts"
import * as Earcon from "./Earcon.ts"
import * as HeardText from "./HeardText.ts"
import * as Playback from "./Playback.ts"

/** A model that writes faster than the voice speaks is held back here. */
const sentencesWaitingMax = 16

export interface SpeakingEvents {
  readonly onFirstAudio: Effect.Effect<void>
  /** After every frame that went to the person. */
  readonly onWritten: Effect.Effect<void>
  readonly onFailure: (error: ProviderError) => Effect.Effect<void>
}

/** The voice of one answer: sentences in, audio out, and at any time what of it was heard. */
export interface Speaking {
  /** Adds a sentence; waits while many are waiting. After the end it does nothing. */
  readonly say: (text: string) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
  /** Lets the answer be heard; until then it is only made ready. Also goes on after a pause. */
  readonly start: Effect.Effect<void>
  readonly pause: Effect.Effect<void>
  readonly cut: Effect.Effect<void>
  readonly finished: Effect.Effect<void>
  /** A tone that needs no provider. */
  readonly signal: Effect.Effect<void>
  readonly heard: Effect.Effect<HeardText.Heard>
  readonly status: () => {
    readonly audibleUntil: number
    /** Text that has not become audio yet. */
    readonly busy: boolean
  }
}

/** A provider that stalls fails here, whatever its own deadlines are. */
const withDeadlines = (
  stream: Stream.Stream<SpeechChunk, ProviderError>,
  provider: string,
  limits: VoiceSettings,
): Stream.Stream<SpeechChunk, ProviderError> =>
  Stream.unwrapScoped(
    Effect.map(Stream.toPull(stream), (pull) => {
      let first = true
      const next = Effect.suspend(() => {
        const stage = first ? "first-event" : "inter-event"
        const budgetMillis = first ? limits.firstAudioMillisMax : limits.betweenChunksMillisMax
        const reason = new TimedOut({ stage, budgetMillis })
        return Effect.timeoutFail(pull, {
          duration: budgetMillis,
          onTimeout: () => Option.some(new ProviderError({ provider, operation: "synthesize", reason })),
        })
      })
      return Stream.repeatEffectChunkOption(Effect.tap(next, () => Effect.sync(() => void (first = false))))
    }),
  )

export const make = (
  events: SpeakingEvents,
): Effect.Effect<Speaking, never, VoiceTransport | TextToSpeech | ConversationSettings | Scope.Scope> =>
  Effect.gen(function* () {
    const voice = yield* TextToSpeech
    const transport = yield* VoiceTransport
    const settings = yield* ConversationSettings
    const playback = yield* Playback.make(events.onWritten)
    const waiting = yield* Mailbox.make<HeardText.SpokenSentence>(sentencesWaitingMax)
    const sentences: Array<HeardText.SpokenSentence> = []
    let unmade = 0
    let anyAudio = false

    const signal = Effect.suspend(() => playback.interject(Earcon.frames(transport.outputSampleRate)))

    const addAudio = (sentence: HeardText.SpokenSentence, resampler: Resampler.Resampler) => (chunk: SpeechChunk) =>
      Effect.gen(function* () {
        sentence.marks.push(...chunk.words)
        const frame = resampler.push(chunk.frame)
        if (frame.samples.length === 0) return
        yield* playback.append(frame, sentence)
        if (anyAudio) return
        anyAudio = true
        yield* events.onFirstAudio
      })

    const synthesize = Effect.fnUntraced(function* (sentence: HeardText.SpokenSentence) {
      let resampler: Resampler.Resampler | undefined
      const chunks = voice.synthesize({
        text: sentence.text,
        language: settings.language,
        ...(settings.voice === "" ? {} : { voice: settings.voice }),
      })
      yield* withDeadlines(chunks, voice.name, settings.speaking).pipe(
        Stream.runForEach((chunk) => {
          resampler ??= Resampler.make(chunk.frame.sampleRate, transport.outputSampleRate)
          return addAudio(sentence, resampler)(chunk)
        }),
      )
      const rest = resampler?.flush()
      if (rest !== undefined && rest.samples.length > 0) yield* playback.append(rest, sentence)
      if (sentence.samples === 0) {
        return yield* new ProviderError({ provider: voice.name, operation: "synthesize", reason: new Truncated() })
      }
      sentence.complete = true
    })

    yield* Mailbox.toStream(waiting).pipe(
      // One at a time: a prefetched chunk of sentences would count as made.
      Stream.rechunk(1),
      Stream.runForEach((sentence) =>
        synthesize(sentence).pipe(
          contained(voice.name, "synthesize"),
          Effect.catchAll((error) => Effect.zipRight(signal, events.onFailure(error))),
          Effect.ensuring(Effect.sync(() => void unmade--)),
        ),
      ),
      Effect.zipRight(playback.end),
      Effect.forkScoped,
    )

    return {
      say: (text) =>
        Effect.suspend(() => {
          const sentence = HeardText.sentence(text)
          unmade++
          sentences.push(sentence)
          return waiting.offer(sentence)
        }).pipe(Effect.asVoid),
      end: Effect.asVoid(waiting.end),
      start: playback.start,
      pause: playback.pause,
      cut: playback.cut,
      finished: playback.finished,
      signal,
      heard: Effect.map(playback.listen, () => HeardText.split(sentences, transport.outputSampleRate)),
      status: () => {
        const { audibleUntil, waiting } = playback.status()
        return { audibleUntil, busy: unmade > 0 || waiting > 0 }
      },
    }
  })
