import { Clock, Deferred, Effect, type Scope } from "effect"
import { concat, durationMillis, inputSampleRate, silence } from "../../src/domain/speech/PcmFrame.ts"
import { frameMillis, inputRate, voiceRate } from "../load/Script.ts"
import type { VoiceObserver } from "../load/VoiceObserver.ts"
import type { Clip } from "./Clips.ts"
import { endOfSpeechMillis, firstAudibleMillis } from "./Loudness.ts"

const silenceBeforeMillis = 500
/** How long a person waits for the answer after the recording. */
const patienceMillis = 15_000

export interface Listener {
  readonly hear: (samples: Int16Array) => void
}

export interface Heard {
  /** Epoch milliseconds. */
  readonly speechEndMillis: number
  /** End of speech to the first audible sample; undefined when no answer came. */
  readonly millis: number | undefined
  /** An answer began before the person had finished: nothing that follows can be compared. */
  readonly cutIn: boolean
}

/** Says one clip in real time into a side's session, then keeps silent until its answer is heard. */
export const recite = Effect.fnUntraced(function* (
  clip: Clip,
  open: (observer: VoiceObserver) => Effect.Effect<Listener, never, Scope.Scope>,
) {
  const audible = yield* Deferred.make<number>()
  let speechEndMillis = Number.POSITIVE_INFINITY
  let cutIn = false
  const listener = yield* open({
    handed: () => {},
    sounds: (samples, atMillis) => {
      const within = firstAudibleMillis(samples, voiceRate)
      if (within === undefined) return
      if (atMillis + within < speechEndMillis) cutIn = true
      else Deferred.unsafeDone(audible, Effect.succeed(atMillis + within))
    },
  })

  const { samples } = concat([silence(silenceBeforeMillis, inputSampleRate), clip.audio], inputSampleRate)
  const frameSamples = (inputRate * frameMillis) / 1_000
  const startMillis = yield* Clock.currentTimeMillis
  speechEndMillis = startMillis + silenceBeforeMillis + endOfSpeechMillis(clip.audio)
  const microphone = Effect.gen(function* () {
    for (let index = 0; ; index++) {
      const wait = startMillis + (index + 1) * frameMillis - (yield* Clock.currentTimeMillis)
      if (wait > 0) yield* Effect.sleep(wait)
      const frame = new Int16Array(frameSamples)
      frame.set(samples.subarray(index * frameSamples, (index + 1) * frameSamples))
      listener.hear(frame)
    }
  })
  const at = yield* Deferred.await(audible).pipe(
    Effect.timeoutTo({
      duration: silenceBeforeMillis + durationMillis(clip.audio) + patienceMillis,
      onSuccess: (millis): number | undefined => millis,
      onTimeout: () => undefined,
    }),
    Effect.raceFirst(microphone),
  )
  const heard: Heard = { speechEndMillis, millis: at === undefined ? undefined : at - speechEndMillis, cutIn }
  return heard
}, Effect.scoped)
