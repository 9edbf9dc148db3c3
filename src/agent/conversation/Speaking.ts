import { Clock, Effect, Mailbox, Option, type Scope, Stream } from "effect"
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

/**
 * Takes all chunks of a provider. One that stalls fails here, whatever its own deadlines are; while `take` holds us back no time
 * counts. One watch a sentence: a timer for every chunk would cost more than the chunk.
 */
const takeAll = Effect.fnUntraced(function* <R>(
  stream: Stream.Stream<SpeechChunk, ProviderError>,
  provider: string,
  limits: VoiceSettings,
  take: (chunk: SpeechChunk) => Effect.Effect<void, never, R>,
) {
  const pull = yield* Stream.toPull(stream)
  let stage: "first-event" | "inter-event" = "first-event"
  /** Since when the provider has been asked for more. */
  let askedAt: number | undefined

  const chunks = Effect.gen(function* () {
    for (;;) {
      askedAt = yield* Clock.currentTimeMillis
      const chunk = yield* pull
      askedAt = undefined
      stage = "inter-event"
      for (const part of chunk) yield* take(part)
    }
  })
  const watch = Effect.gen(function* () {
    for (;;) {
      const budgetMillis = stage === "first-event" ? limits.firstAudioMillisMax : limits.betweenChunksMillisMax
      const now = yield* Clock.currentTimeMillis
      const left = (askedAt ?? now) + budgetMillis - now
      if (left <= 0) {
        const reason = new TimedOut({ stage, budgetMillis })
        return yield* Effect.fail(Option.some(new ProviderError({ provider, operation: "synthesize", reason })))
      }
      yield* Effect.sleep(left)
    }
  })
  yield* Effect.raceFirst(chunks, watch).pipe(
    Effect.catchAll(Option.match({ onNone: () => Effect.void, onSome: Effect.fail })),
  )
}, Effect.scoped)

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
        // The person waits for this frame: it goes out before more are made ready.
        yield* Effect.yieldNow()
      })

    const synthesize = Effect.fnUntraced(function* (sentence: HeardText.SpokenSentence) {
      let resampler: Resampler.Resampler | undefined
      const chunks = voice.synthesize({
        text: sentence.text,
        language: settings.language,
        ...(settings.voice === "" ? {} : { voice: settings.voice }),
      })
      yield* takeAll(chunks, voice.name, settings.speaking, (chunk) => {
        resampler ??= Resampler.make(chunk.frame.sampleRate, transport.outputSampleRate)
        return addAudio(sentence, resampler)(chunk)
      })
      const rest = resampler?.flush()
      if (rest !== undefined && rest.samples.length > 0) yield* playback.append(rest, sentence)
      if (sentence.samples === 0) {
        return yield* new ProviderError({ provider: voice.name, operation: "synthesize", reason: new Truncated() })
      }
      sentence.complete = true
    })

    const makeNext = Effect.flatMap(waiting.take, (sentence) =>
      synthesize(sentence).pipe(
        contained(voice.name, "synthesize"),
        Effect.catchAll((error) => Effect.zipRight(signal, events.onFailure(error))),
        Effect.ensuring(Effect.sync(() => void unmade--)),
      ),
    )
    yield* Effect.forever(makeNext).pipe(
      Effect.catchTag("NoSuchElementException", () => playback.end),
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
