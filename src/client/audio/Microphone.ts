import { Data, Deferred, Effect, type Scope } from "effect"
import { type AudioUnavailable, openAudioContext } from "./AudioContextScope.ts"
import { meterOf } from "./Level.ts"

/** No sound can be had from a microphone. `insecure`: browsers give none to a page that came over plain HTTP from another machine. */
export class MicrophoneError extends Data.TaggedError("MicrophoneError")<{
  readonly reason: "denied" | "none" | "busy" | "insecure"
}> {}

export interface Microphone {
  /** In a context of the device's own rate: Firefox refuses to connect a microphone to a context of another one. */
  readonly source: MediaStreamAudioSourceNode
  readonly track: MediaStreamTrack
  /** Muted, it goes on but is silent, so that the ears at the other end keep their sense of time. */
  readonly setMuted: (muted: boolean) => void
  /** How loud the person is now, 0 to 1. */
  readonly level: () => number
  /** The device was unplugged, or its permission taken back. */
  readonly lost: Effect.Effect<void>
}

const reasonOf = (cause: unknown): MicrophoneError["reason"] => {
  const name = cause instanceof DOMException ? cause.name : ""
  if (name === "NotAllowedError" || name === "SecurityError") return "denied"
  return name === "NotFoundError" || name === "OverconstrainedError" ? "none" : "busy"
}

const request = (deviceId: string | undefined) =>
  Effect.tryPromise({
    try: () =>
      navigator.mediaDevices.getUserMedia({
        audio: {
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
          channelCount: 1,
          // `ideal`: a remembered device that is not plugged in gives way to another one.
          ...(deviceId === undefined ? {} : { deviceId: { ideal: deviceId } }),
        },
      }),
    catch: (cause) => new MicrophoneError({ reason: reasonOf(cause) }),
  })

/** Opens a microphone until the scope closes. */
export const openMicrophone = (
  deviceId: string | undefined,
): Effect.Effect<Microphone, MicrophoneError | AudioUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    // Not there on pages from an insecure origin, whatever the types say.
    if (!window.isSecureContext) return yield* new MicrophoneError({ reason: "insecure" })
    const stream = yield* Effect.acquireRelease(request(deviceId), (stream) =>
      Effect.sync(() => stream.getTracks().forEach((track) => track.stop())),
    )
    const track = stream.getAudioTracks()[0]
    if (track === undefined) return yield* new MicrophoneError({ reason: "none" })
    const context = yield* openAudioContext()
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream })
    const analyser = new AnalyserNode(context, { fftSize: 1_024 })
    source.connect(analyser)
    const lost = yield* Deferred.make<void>()
    track.addEventListener("ended", () => Deferred.unsafeDone(lost, Effect.void))
    return {
      source,
      track,
      setMuted: (muted) => {
        track.enabled = !muted
      },
      level: meterOf(analyser),
      lost: Deferred.await(lost),
    }
  })
