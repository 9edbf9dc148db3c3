import { durationMillis, inputSampleRate, level } from "../../../domain/speech/PcmFrame.ts"
import type { FloorPolicy } from "./LiveKitPolicy.ts"

/**
 * Who is heard where several people talk: one voice at a time, as a recogniser needs it. Another one gets the floor when it
 * speaks up while whoever has it is quiet, or when it is much the louder for a while; then its last moments are heard first.
 */
export interface Floor {
  readonly join: (identity: string) => void
  readonly leave: (identity: string) => void
  readonly holder: () => string | undefined
  /** What is to be heard now that these samples of a voice came; nothing while another has the floor. */
  readonly take: (identity: string, samples: Int16Array) => ReadonlyArray<Int16Array>
}

interface Voice {
  level: number
  quietMillis: number
  loudMillis: number
  louderMillis: number
  lookBack: Array<Int16Array>
}

/** A level falls slowly, so that the gaps between syllables do not count as silence. */
const decay = 0.7

const millisOf = (samples: Int16Array) => durationMillis({ samples, sampleRate: inputSampleRate })

export const make = (policy: FloorPolicy): Floor => {
  const voices = new Map<string, Voice>()
  let holder: string | undefined

  const measure = (voice: Voice, samples: Int16Array, millis: number) => {
    voice.level = Math.max(level({ samples, sampleRate: inputSampleRate }), voice.level * decay)
    voice.quietMillis = voice.level < policy.quiet ? voice.quietMillis + millis : 0
    if (voice.level < policy.quiet) voice.loudMillis = 0
    else if (voice.level >= policy.loud) voice.loudMillis += millis
  }

  const remember = (voice: Voice, samples: Int16Array) => {
    voice.lookBack.push(samples)
    let millis = voice.lookBack.reduce((total, frame) => total + millisOf(frame), 0)
    while (millis > policy.lookBackMillis && voice.lookBack.length > 1) {
      const dropped = voice.lookBack.shift()
      millis -= dropped === undefined ? millis : millisOf(dropped)
    }
  }

  const gets = (voice: Voice, other: Voice, millis: number): boolean => {
    const louder = voice.loudMillis > 0 && voice.level > policy.louderTimes * other.level
    voice.louderMillis = louder ? voice.louderMillis + millis : 0
    const spokeUp = other.quietMillis >= policy.quietMillis && voice.loudMillis >= policy.loudMillis
    return spokeUp || voice.louderMillis >= policy.louderMillis
  }

  return {
    join: (identity) => {
      // Whoever is new has been quiet: the first one holds the floor only until somebody speaks.
      if (voices.has(identity)) return
      voices.set(identity, {
        level: 0,
        quietMillis: policy.quietMillis,
        loudMillis: 0,
        louderMillis: 0,
        lookBack: [],
      })
    },
    leave: (identity) => {
      voices.delete(identity)
      if (holder === identity) holder = undefined
    },
    holder: () => holder,
    take: (identity, samples) => {
      const voice = voices.get(identity)
      if (voice === undefined) return []
      const millis = millisOf(samples)
      if (voices.size > 1) measure(voice, samples, millis)
      const other = holder === undefined ? undefined : voices.get(holder)
      if (other === voice) return [samples]
      remember(voice, samples)
      if (other !== undefined && !gets(voice, other, millis)) return []
      holder = identity
      const heard = voice.lookBack
      voice.lookBack = []
      return heard
    },
  }
}
