import { Clock, Effect, Schedule, Scope } from "effect"
import { concat, inputSampleRate, level, type PcmFrame } from "../../domain/speech/PcmFrame.ts"
import type { SpeechToText } from "../../domain/speech/SpeechToText.ts"
import { type VadSession, VoiceActivityDetector } from "../../domain/speech/VoiceActivityDetector.ts"
import { contained } from "./Contained.ts"
import { ConversationSettings } from "./ConversationSettings.ts"
import * as Deadline from "./Deadline.ts"
import { HearingEvent } from "./HearingEvent.ts"
import * as Recognition from "./Recognition.ts"
import * as SpeechGate from "./SpeechGate.ts"

/** What turn detectors that listen may ask for. */
const recentMillisMax = 8_000
/** So long without any audio while the person speaks ends the segment. */
const audioLostMillis = 1_000
const detectorMillisMax = 500
const reopen = Schedule.exponential("100 millis").pipe(Schedule.union(Schedule.spaced("5 seconds")))
/** While the detector is away, this loudness (root mean square) counts as speech: it is crude, but the person is heard. */
const fallbackLevel = 0.02

export interface Hearing {
  /** Takes the person's audio, in order, one frame at a time. */
  readonly hear: (frame: PcmFrame) => Effect.Effect<void>
  /** The newest audio, at most 8 s. */
  readonly recent: () => PcmFrame
}

/** The detector of one person, which may die and come back; meanwhile loudness decides. */
const makeDetector = Effect.gen(function* () {
  const detector = yield* VoiceActivityDetector
  const scope = yield* Effect.scope
  let session: VadSession | undefined
  const open = detector.open.pipe(
    Scope.extend(scope),
    Effect.retry(reopen),
    Effect.map((opened) => void (session = opened)),
  )
  const within = yield* Deadline.make(detectorMillisMax)
  yield* Effect.forkScoped(open)
  return (window: PcmFrame): Effect.Effect<number> => {
    const loudness = Effect.sync(() => (level(window) > fallbackLevel ? 1 : 0))
    return session === undefined
      ? loudness
      : session.accept(window).pipe(
          within,
          contained(detector.name, "detect"),
          Effect.catchAll((error) => {
            session = undefined
            return Effect.logWarning(`voice activity detector failed: ${error.message}`).pipe(
              Effect.zipRight(Effect.forkIn(open, scope)),
              Effect.zipRight(loudness),
            )
          }),
        )
  }
})

/** From the person's audio to beginnings and ends of speech and to what was said. */
export const make = (
  emit: (event: HearingEvent) => Effect.Effect<void>,
): Effect.Effect<Hearing, never, VoiceActivityDetector | SpeechToText | ConversationSettings | Scope.Scope> =>
  Effect.gen(function* () {
    const { windowSamples } = yield* VoiceActivityDetector
    const { hearing: settings } = yield* ConversationSettings
    const probabilityOf = yield* makeDetector
    const recognise = yield* Recognition.make(emit)
    const windowMillis = (windowSamples * 1000) / inputSampleRate
    const gate = SpeechGate.make(settings, windowMillis)
    const windowsOf = (millis: number) => Math.ceil(millis / windowMillis)

    /** The newest windows, oldest first. */
    const recent: Array<PcmFrame> = []
    /** How many of the newest windows hold nothing of an earlier segment's speech: words must not be heard twice. */
    let fresh = 0
    let partial = new Int16Array(windowSamples)
    let filled = 0
    let segment: Recognition.Segment | undefined
    let segments = 0
    let segmentMillis = 0
    let frameAt = 0

    const open = Effect.fnUntraced(function* (at: number, from: ReadonlyArray<PcmFrame>) {
      const opened = yield* recognise(segments)
      for (const window of from) opened.add(window)
      yield* emit(HearingEvent.SpeechStarted({ at, segment: segments }))
      segment = opened
      segments++
      segmentMillis = 0
    })
    const close = Effect.fnUntraced(function* (at: number, lastSoundAt: number) {
      const closing = segment
      if (closing === undefined) return
      segment = undefined
      fresh = 0
      yield* emit(HearingEvent.SpeechEnded({ at, lastSoundAt }))
      yield* closing.end
    })

    const window = Effect.fnUntraced(function* (frame: PcmFrame) {
      recent.push(frame)
      if (recent.length > windowsOf(recentMillisMax)) recent.shift()
      fresh++
      segment?.add(frame)
      segmentMillis += windowMillis
      const change = gate.accept(yield* probabilityOf(frame))
      const at = yield* Clock.currentTimeMillis
      if (change === "started") {
        const before = windowsOf(settings.preRollMillis + settings.startMillis)
        yield* open(at, recent.slice(-Math.min(before, fresh)))
      } else if (change === "confirmed") {
        yield* emit(HearingEvent.SpeechConfirmed({ at }))
      } else if (change === "ended") {
        yield* close(at, at - gate.silenceMillis())
        fresh = windowsOf(gate.silenceMillis())
      } else if (segment !== undefined && segmentMillis >= settings.segmentMillisMax) {
        // Goes on in a new segment: the recogniser's memory, and ours, stays bounded.
        yield* close(at, at)
        yield* open(at, [])
        yield* emit(HearingEvent.SpeechConfirmed({ at }))
      }
    })

    /** A microphone that falls silent by going away leaves speech open: what was said until then counts. */
    const lost = Effect.gen(function* () {
      if (segment === undefined) return
      const at = yield* Clock.currentTimeMillis
      if (at - frameAt < audioLostMillis) return
      gate.reset()
      yield* close(at, frameAt)
    })
    yield* Effect.forkScoped(Effect.repeat(lost, Schedule.spaced(audioLostMillis)))

    return {
      recent: () => concat(recent, inputSampleRate),
      hear: Effect.fnUntraced(function* (frame: PcmFrame) {
        frameAt = yield* Clock.currentTimeMillis
        let offset = 0
        while (offset < frame.samples.length) {
          const taken = frame.samples.subarray(offset, offset + windowSamples - filled)
          partial.set(taken, filled)
          filled += taken.length
          offset += taken.length
          if (filled < windowSamples) return
          const whole = { samples: partial, sampleRate: inputSampleRate }
          partial = new Int16Array(windowSamples)
          filled = 0
          yield* window(whole)
        }
      }),
    }
  })
