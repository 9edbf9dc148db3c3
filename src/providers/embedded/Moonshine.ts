import { Effect, FiberHandle, Layer, Mailbox, type Scope, Stream } from "effect"
import { inputSampleRate, type PcmFrame } from "../../domain/speech/PcmFrame.ts"
import type { ProviderError } from "../../domain/speech/ProviderError.ts"
import { SpeechToText, TranscriptEvent } from "../../domain/speech/SpeechToText.ts"
import { confidence } from "./Confidence.ts"
import { plausible } from "./Plausible.ts"
import { RecognitionEngine } from "./RecognitionEngine.ts"
import { loudest, quietestPlace, SpeechBuffer } from "./SpeechBuffer.ts"

/** New audio between two partials. */
const partialEverySamples = 0.6 * inputSampleRate
/** Longer speech is cut: decoding takes more than twice as long for twice the audio, and partials decode all of it again. */
const segmentSamplesMax = 15 * inputSampleRate
/** Where a cut may be, from the beginning. */
const cutFromSamples = 8 * inputSampleRate
/** -54 dBFS: quieter than any voice that a microphone takes up, so nothing needs to be decoded. */
const silentLevel = 0.002
/** Events that wait to be read before decoding waits for the reader. */
const eventsMax = 16
/** Cut pieces that wait to be decoded: 2 minutes of speech. */
const piecesMax = 8

const seconds = (samples: Int16Array) => samples.length / inputSampleRate

/** What was recognised of one segment of speech, piece by piece. */
const recognise = Effect.fnUntraced(function* (
  engine: typeof RecognitionEngine.Service,
  audio: Stream.Stream<PcmFrame>,
): Effect.fn.Return<Mailbox.ReadonlyMailbox<TranscriptEvent, ProviderError>, never, Scope.Scope> {
  const stream = yield* engine.newStream
  const events = yield* Mailbox.make<TranscriptEvent, ProviderError>(eventsMax)
  const pieces = yield* Mailbox.make<Int16Array>(piecesMax)
  const partials = yield* FiberHandle.make<void>()
  const buffer = new SpeechBuffer()
  let samplesAtPartial = 0
  let lastPartial = ""
  let undecided = 0

  const decode = Effect.fnUntraced(function* (samples: Int16Array, kind: "partial" | "final") {
    if (loudest(samples) < silentLevel) return ""
    const { text } = yield* engine.decode(stream, samples, kind)
    return plausible(text, seconds(samples))
  })
  // A partial that fails is one partial less; if the engine is in trouble, the final will say so.
  const partial = Effect.gen(function* () {
    // A partial must not overtake the final of the piece before it.
    if (undecided > 0 || (yield* engine.busy)) return
    const text = yield* decode(buffer.snapshot(), "partial")
    if (text === "" || text === lastPartial) return
    lastPartial = text
    yield* events.offer(TranscriptEvent.Partial({ text }))
  }).pipe(Effect.ignore)

  const hear = Effect.fnUntraced(function* ({ samples }: PcmFrame) {
    buffer.append(samples)
    if (buffer.length >= segmentSamplesMax) {
      yield* FiberHandle.clear(partials)
      undecided += 1
      yield* pieces.offer(buffer.take(quietestPlace(buffer.snapshot(), cutFromSamples, segmentSamplesMax)))
      samplesAtPartial = 0
    } else if (buffer.length - samplesAtPartial >= partialEverySamples) {
      samplesAtPartial = buffer.length
      // Skipped while the one before is still being decoded.
      yield* FiberHandle.run(partials, partial, { onlyIfMissing: true })
    }
  })
  const listen = Stream.runForEach(audio, hear).pipe(
    Effect.zipRight(FiberHandle.clear(partials)),
    Effect.zipRight(Effect.suspend(() => pieces.offer(buffer.snapshot()))),
  )
  const conclude = Effect.fnUntraced(function* (piece: Int16Array) {
    const text = yield* decode(piece, "final")
    const believed = lastPartial
    lastPartial = ""
    undecided -= 1
    yield* events.offer(TranscriptEvent.Final({ text, confidence: confidence(text, believed) }))
  })
  yield* listen.pipe(Mailbox.into(pieces), Effect.forkScoped)
  yield* Mailbox.toStream(pieces).pipe(Stream.runForEach(conclude), Mailbox.into(events), Effect.forkScoped)
  return events
})

/**
 * Moonshine tiny (English). Partials come from decoding the growing audio again every 0.6 s; a final at the end of the audio,
 * and one for each piece of at most 15 s before it, cut where the voice is quietest. See `plausible` for what is dropped and
 * `confidence` for what the figure means.
 */
export const layer: Layer.Layer<SpeechToText, never, RecognitionEngine> = Layer.effect(
  SpeechToText,
  Effect.map(RecognitionEngine, (engine) =>
    SpeechToText.of({
      name: "embedded moonshine tiny",
      transcribe: (audio) =>
        Stream.unwrapScoped(Effect.map(recognise(engine, audio), Mailbox.toStream)).pipe(
          Stream.withSpan("SpeechToText.transcribe", { attributes: { provider: "embedded moonshine tiny" } }),
        ),
    }),
  ),
)
