import { Data, Deferred, Effect, type Scope } from "effect"
import { type AudioUnavailable, openAudioContext } from "./AudioContextScope.ts"
import { bundleWorklet } from "./bundleWorklet.ts" with { type: "macro" }
import { meterOf } from "./Level.ts"

const workletCode = bundleWorklet("CaptureWorklet.ts")

/** No sound can be had from a microphone. `insecure`: browsers give none to a page that came over plain HTTP from another machine. */
export class MicrophoneError extends Data.TaggedError("MicrophoneError")<{
  readonly reason: "denied" | "none" | "busy" | "insecure"
}> {}

export interface Microphone {
  /** Muted, frames go on but are silent, so that the server's ears keep their sense of time. */
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

/**
 * Opens a microphone and hands over frames of 20 ms, 16 kHz mono, 16-bit, until the scope closes. The context keeps the
 * device's own rate and our worklet resamples: Firefox refuses to connect a microphone to a context of another rate.
 */
export const openMicrophone = (
  deviceId: string | undefined,
  onFrame: (pcm: ArrayBuffer) => void,
): Effect.Effect<Microphone, MicrophoneError | AudioUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    // Not there on pages from an insecure origin, whatever the types say.
    if (!window.isSecureContext) return yield* new MicrophoneError({ reason: "insecure" })
    const stream = yield* Effect.acquireRelease(request(deviceId), (stream) =>
      Effect.sync(() => stream.getTracks().forEach((track) => track.stop())),
    )
    const context = yield* openAudioContext(workletCode)
    const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream })
    const analyser = new AnalyserNode(context, { fftSize: 1_024 })
    const node = new AudioWorkletNode(context, "parley-capture", { numberOfInputs: 1, numberOfOutputs: 1 })
    node.port.addEventListener("message", (event: MessageEvent<ArrayBuffer>) => onFrame(event.data))
    node.port.start()
    source.connect(analyser)
    // The output is silent; Safari runs only what leads to the destination.
    source.connect(node).connect(context.destination)
    const lost = yield* Deferred.make<void>()
    for (const track of stream.getAudioTracks()) {
      track.addEventListener("ended", () => Deferred.unsafeDone(lost, Effect.void))
    }
    return {
      setMuted: (muted) => stream.getAudioTracks().forEach((track) => (track.enabled = !muted)),
      level: meterOf(analyser),
      lost: Deferred.await(lost),
    }
  })
