import { Effect, type Scope } from "effect"
import { RemoteAudioTrack, type RemoteParticipant } from "livekit-client"
import { type AudioUnavailable, openAudioContext } from "../../audio/AudioContextScope.ts"
import { meterOf } from "../../audio/Level.ts"
import { type Levels, silence } from "../Levels.ts"

/** The assistant's voice in this browser: played by elements, which every browser's echo cancellation knows. */
export interface RoomVoice {
  /** Plays what this participant publishes, and nobody else. */
  readonly follow: (assistant: RemoteParticipant | undefined) => void
  /** The meter sleeps until a gesture, as all sound does. */
  readonly unlock: () => void
}

const audioOf = (assistant: RemoteParticipant | undefined): ReadonlyArray<RemoteAudioTrack> =>
  [...(assistant?.audioTrackPublications.values() ?? [])].flatMap(({ track }) =>
    track instanceof RemoteAudioTrack ? [track] : [],
  )

const attach = (track: RemoteAudioTrack, context: AudioContext, meter: AnalyserNode) => {
  const element = track.attach()
  element.hidden = true
  document.body.append(element)
  const source = new MediaStreamAudioSourceNode(context, {
    mediaStream: new MediaStream([track.mediaStreamTrack]),
  })
  source.connect(meter)
  return () => {
    source.disconnect()
    for (const played of track.detach()) played.remove()
  }
}

export const makeRoomVoice = (levels: Levels): Effect.Effect<RoomVoice, AudioUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* openAudioContext()
    const meter = new AnalyserNode(context, { fftSize: 1_024 })
    const playing = new Map<RemoteAudioTrack, () => void>()
    const follow = (assistant: RemoteParticipant | undefined) => {
      const wanted = new Set(audioOf(assistant))
      for (const [track, stop] of playing) {
        if (wanted.has(track)) continue
        stop()
        playing.delete(track)
      }
      for (const track of wanted) if (!playing.has(track)) playing.set(track, attach(track, context, meter))
    }
    levels.assistant = meterOf(meter)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        follow(undefined)
        levels.assistant = silence
      }),
    )
    return {
      follow,
      unlock: () => void context.resume().catch(() => undefined),
    }
  })
