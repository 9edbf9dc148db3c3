import type { RemoteParticipant, RemoteTrack } from "@livekit/rtc-node"
import { TransportInput } from "../../../domain/media/VoiceTransport.ts"
import { inputSampleRate, silence } from "../../../domain/speech/PcmFrame.ts"
import type { MediaSdk } from "./ffi/MediaSdk.ts"
import * as Floor from "./Floor.ts"
import { offer, type RoomLine } from "./RoomLine.ts"

/** The voices of a room, as one voice: whose turn it is, without whoever asked not to be heard. */
export interface Hearing {
  /** Reads a microphone of a participant, instead of the one before if there is one. */
  readonly open: (track: RemoteTrack, trackId: string, participant: RemoteParticipant) => void
  /** Nothing happens when the participant speaks through another track by now. */
  readonly close: (identity: string, trackId?: string) => void
  readonly closeAll: () => void
  readonly mute: (identity: string, muted: boolean) => void
  /** From now on it is said whose voice it is. */
  readonly nameSpeakers: () => void
  /** Whose voice it was that was called so last. */
  readonly identityOf: (name: string) => string | undefined
}

interface Reading {
  readonly trackId: string
  readonly close: () => void
}

const namesMax = 64

const nameOf = (line: RoomLine, participant: RemoteParticipant): string => {
  if (participant.name !== undefined && participant.name !== "") return participant.name
  return participant.identity === line.request.personIdentity ? line.request.personName : participant.identity
}

export const make = (line: RoomLine, sdk: MediaSdk): Hearing => {
  const floor = Floor.make(line.policy.floor)
  const readings = new Map<string, Reading>()
  const muted = new Set<string>()
  const identities = new Map<string, string>()
  let named = false
  let announced: string | undefined

  /** Said again when the name changes. */
  const announce = (participant: RemoteParticipant) => {
    const name = nameOf(line, participant)
    const speaker = JSON.stringify([participant.identity, name])
    if (!named || speaker === announced) return
    announced = speaker
    identities.delete(name)
    identities.set(name, participant.identity)
    if (identities.size > namesMax) identities.delete([...identities.keys()][0] ?? name)
    offer(line, TransportInput.Speaker({ identity: participant.identity, name }))
  }

  const hear = (participant: RemoteParticipant, samples: Int16Array) => {
    if (line.left) return
    // Silence instead of nothing: what the person was saying is over then.
    const frame = muted.has(participant.identity) ? new Int16Array(samples.length) : samples
    for (const heard of floor.take(participant.identity, frame)) {
      announce(participant)
      offer(line, TransportInput.Audio({ frame: { samples: heard, sampleRate: inputSampleRate } }))
    }
  }

  const fallSilent = () => {
    const { frameMillis, silenceMillis } = line.policy
    for (let millis = 0; millis < silenceMillis && !line.left; millis += frameMillis) {
      offer(line, TransportInput.Audio({ frame: silence(frameMillis, inputSampleRate) }))
    }
  }

  const stop = (identity: string) => {
    readings.get(identity)?.close()
    readings.delete(identity)
  }

  const close = (identity: string, trackId?: string) => {
    const reading = readings.get(identity)
    if (reading === undefined || (trackId !== undefined && reading.trackId !== trackId)) return
    stop(identity)
    const wasHeard = floor.holder() === identity
    floor.leave(identity)
    if (wasHeard) fallSilent()
  }

  return {
    open: (track, trackId, participant) => {
      stop(participant.identity)
      const end = sdk.read(track, {
        sampleRate: inputSampleRate,
        frameMillis: line.policy.frameMillis,
        onFrame: (samples) => hear(participant, samples),
      })
      if (end === undefined) return close(participant.identity)
      readings.set(participant.identity, { trackId, close: end })
      floor.join(participant.identity)
    },
    close,
    closeAll: () => {
      for (const identity of readings.keys()) stop(identity)
    },
    mute: (identity, isMuted) => void (isMuted ? muted.add(identity) : muted.delete(identity)),
    nameSpeakers: () => {
      named = true
    },
    identityOf: (name) => identities.get(name),
  }
}
