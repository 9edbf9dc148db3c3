import { Clock, Deferred, Duration, Effect, Option, Ref, Stream } from "effect"
import type { ConversationEvent } from "../../domain/media/ConversationEvent.ts"
import { type Transport, TransportClosed, TransportInput } from "../../domain/media/VoiceTransport.ts"
import { durationMillis, type PcmFrame, silence } from "../../domain/speech/PcmFrame.ts"

export interface FileTransportOptions {
  /** What the person says, at 16 kHz. */
  readonly recording: PcmFrame
  readonly identity: string
  readonly name: string
  /** Of the assistant's voice. */
  readonly outputSampleRate: number
  /** So much quiet after the answer, and the person leaves. */
  readonly quiet: Duration.Duration
  /** How long the person waits for an answer after the recording. */
  readonly answerWithin: Duration.Duration
  /** The person leaves so long after the recording, whatever the assistant does. */
  readonly stayMax: Duration.Duration
}

/** An event and when it came, in milliseconds after the person's coming. */
export interface TimedEvent {
  readonly atMillis: number
  readonly event: ConversationEvent
}

export interface FileReport {
  /** What the person heard of the assistant, with the silence between, from their coming on. */
  readonly heard: PcmFrame
  /** Without partial transcripts. */
  readonly events: ReadonlyArray<TimedEvent>
  /** Events beyond the bound; the oldest were kept. */
  readonly eventsDropped: number
}

const frameMillis = 20
/** How much of the voice is taken in ahead of what is heard. */
const aheadMillisMax = 200
const eventsMax = 20_000

interface Played {
  readonly atMillis: number
  readonly frame: PcmFrame
}

/** What was heard by a moment of what was played; the frame that is being heard is cut. */
const heardBy = (nowMillis: number, played: ReadonlyArray<Played>): Array<Played> =>
  played.flatMap(({ atMillis, frame }): ReadonlyArray<Played> => {
    const heard = Math.max(0, Math.round(((nowMillis - atMillis) * frame.sampleRate) / 1_000))
    if (heard >= frame.samples.length) return [{ atMillis, frame }]
    return heard === 0 ? [] : [{ atMillis, frame: { ...frame, samples: frame.samples.slice(0, heard) } }]
  })

const mix = (played: ReadonlyArray<Played>, startMillis: number, sampleRate: number): PcmFrame => {
  const position = (millis: number) => Math.max(0, Math.round(((millis - startMillis) * sampleRate) / 1_000))
  const ends = played.map(({ atMillis, frame }) => position(atMillis) + frame.samples.length)
  const samples = new Int16Array(ends.reduce((last, end) => Math.max(last, end), 0))
  for (const { atMillis, frame } of played) samples.set(frame.samples, position(atMillis))
  return { samples, sampleRate }
}

/** The assistant's voice as it reaches the person. When it is heard is arithmetic: nothing runs in the background. */
const makeVoice = Effect.fnUntraced(function* (startMillis: number, sampleRate: number) {
  const stopped = yield* Ref.make(yield* Deferred.make<void>())
  let played: Array<Played> = []
  let writtenSamples = 0
  let endMillis = startMillis
  let closed = false

  const heardAt = (now: number) => writtenSamples - Math.round((Math.max(0, endMillis - now) * sampleRate) / 1_000)

  const untilHeard = (aheadMillis: number): Effect.Effect<void, TransportClosed> =>
    Effect.gen(function* () {
      if (closed) return yield* new TransportClosed()
      const wait = endMillis - aheadMillis - (yield* Clock.currentTimeMillis)
      if (wait <= 0) return
      const stop = yield* Ref.get(stopped)
      yield* Effect.raceFirst(Effect.sleep(wait), Deferred.await(stop))
      yield* untilHeard(aheadMillis)
    })

  const write = Effect.fn("FileTransport.write")(function* (frame: PcmFrame) {
    yield* untilHeard(Math.max(0, aheadMillisMax - durationMillis(frame)))
    const atMillis = Math.max(yield* Clock.currentTimeMillis, endMillis)
    played.push({ atMillis, frame })
    writtenSamples += frame.samples.length
    endMillis = atMillis + durationMillis(frame)
  })

  const stop = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    writtenSamples = heardAt(now)
    played = heardBy(now, played)
    endMillis = Math.min(endMillis, now)
    yield* Deferred.succeed(yield* Ref.getAndSet(stopped, yield* Deferred.make<void>()), undefined)
    return writtenSamples
  })

  return {
    write,
    stop,
    drained: untilHeard(0),
    heardSamples: Effect.map(Clock.currentTimeMillis, heardAt),
    heard: Effect.map(Clock.currentTimeMillis, (now) => mix(heardBy(now, played), startMillis, sampleRate)),
    endMillis: () => endMillis,
    close: Effect.suspend(() => {
      closed = true
      return stop
    }),
  }
})

/** A partial is replaced by what comes after it; keeping hours of them helps nobody. */
const isPartial = (event: ConversationEvent) =>
  (event._tag === "UserTranscript" || event._tag === "AssistantTranscript") && !event.final

/** What the assistant tells, kept, and judged: is an answer still to come? */
const makeLog = (startMillis: number) => {
  const events: Array<TimedEvent> = []
  let dropped = 0
  let answer: "none" | "owed" | "given" = "none"
  let isListening = true
  let newestMillis = startMillis
  const send = Effect.fnUntraced(function* (event: ConversationEvent) {
    newestMillis = yield* Clock.currentTimeMillis
    if (event._tag === "StateChanged") isListening = event.state === "listening"
    if (event._tag === "UserTranscript") answer = "owed"
    if (event._tag === "TurnEnded") answer = "given"
    if (isPartial(event)) return
    if (events.length < eventsMax) events.push({ atMillis: newestMillis - startMillis, event })
    else dropped++
  })
  return {
    send,
    isAnswered: () => answer === "given",
    quietSince: () => (isListening ? newestMillis : Number.POSITIVE_INFINITY),
    kept: Effect.sync(() => ({ events: [...events], eventsDropped: dropped })),
  }
}

const frameOf = ({ samples, sampleRate }: PcmFrame, index: number): PcmFrame => {
  const length = (sampleRate * frameMillis) / 1_000
  const frame = silence(frameMillis, sampleRate)
  frame.samples.set(samples.subarray(index * length, (index + 1) * length))
  return frame
}

/**
 * A person made of a recording: comes, says it in real time, then stays silent until the answer was heard and some quiet has
 * passed, and leaves. Time is the Clock's. A slow reader gets audio late, but all of it.
 */
export const make = Effect.fn("FileTransport.make")(function* (options: FileTransportOptions) {
  const startMillis = yield* Clock.currentTimeMillis
  const spokenMillis = startMillis + durationMillis(options.recording)
  const voice = yield* makeVoice(startMillis, options.outputSampleRate)
  const log = makeLog(startMillis)

  const leaves = (now: number) => {
    const waitedFor = (since: number, duration: Duration.Duration) => now - since >= Duration.toMillis(duration)
    if (waitedFor(spokenMillis, options.stayMax)) return true
    const quietSince = Math.max(spokenMillis, log.quietSince(), voice.endMillis())
    return waitedFor(quietSince, options.quiet) && (log.isAnswered() || waitedFor(spokenMillis, options.answerWithin))
  }
  const frames = Stream.unfoldEffect(
    0,
    Effect.fnUntraced(function* (index) {
      const wait = startMillis + (index + 1) * frameMillis - (yield* Clock.currentTimeMillis)
      if (wait > 0) yield* Effect.sleep(wait)
      if (leaves(yield* Clock.currentTimeMillis)) return Option.none()
      return Option.some([TransportInput.Audio({ frame: frameOf(options.recording, index) }), index + 1] as const)
    }),
  )
  const transport: Transport = {
    inputs: Stream.make(TransportInput.Connected({ identity: options.identity, name: options.name })).pipe(
      Stream.concat(frames),
      Stream.rechunk(1),
      Stream.ensuring(voice.close),
    ),
    outputSampleRate: options.outputSampleRate,
    write: voice.write,
    drained: voice.drained,
    stop: voice.stop,
    heardSamples: voice.heardSamples,
    send: log.send,
  }
  const report = Effect.all([voice.heard, log.kept]).pipe(
    Effect.map(([heard, kept]): FileReport => ({ heard, ...kept })),
  )
  return { transport, report }
})
