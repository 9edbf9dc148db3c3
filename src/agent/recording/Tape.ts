import { Duration } from "effect"
import { level, type PcmFrame } from "../../domain/speech/PcmFrame.ts"
import * as HeardVoice from "./HeardVoice.ts"
import { blockSamples, type RecordingPolicy, samplesPerMilli } from "./RecordingPolicy.ts"
import * as Track from "./Track.ts"

/** A block of both voices; the last one of a recording may be shorter. */
export interface Block {
  readonly left: Int16Array
  readonly right: Int16Array
}

/** Both voices of a conversation on one time line, in memory until they are taken as blocks. Times are epoch milliseconds. */
export interface Tape {
  readonly person: (frame: PcmFrame, now: number) => void
  readonly assistantWrote: (samples: Int16Array) => void
  readonly assistantHeard: (total: number, now: number) => void
  readonly assistantDropped: (total: number, now: number) => void
  /** The next whole block that is final. Undefined: not yet. */
  readonly next: (now: number) => Block | undefined
  /** What is left, to the end of what was heard or to now. */
  readonly rest: (now: number) => Block | undefined
  /** Audio that waits to be taken, of the voice that has more of it. */
  readonly heldMillis: () => number
}

export interface TapeOptions {
  readonly policy: RecordingPolicy
  readonly startMillis: number
  readonly voiceSampleRate: number
  readonly heardBefore: number
}

/** Below it nobody speaks: -40 dB of full scale. */
const quietLevel = 0.01

export const make = ({ heardBefore, policy, startMillis, voiceSampleRate }: TapeOptions): Tape => {
  const left = Track.make()
  const right = Track.make()
  const stallMax = policy.stallMillisMax * samplesPerMilli
  const voice = HeardVoice.make({ track: right, sampleRate: voiceSampleRate, heardBefore, stallMax })
  const lengthMax = Duration.toMillis(policy.lengthMax) * samplesPerMilli
  let position = 0

  const at = (now: number) => (now - startMillis) * samplesPerMilli
  const takes = (now: number) => at(now) <= lengthMax

  /** Audio of a clock that is fast, or that a network held up for longer than anything is held here, gives way where it is quiet. */
  const isLeftOut = (frame: PcmFrame, now: number) => {
    const aheadMillis = (left.end() - at(now)) / samplesPerMilli
    return aheadMillis > policy.aheadMillisMax || (aheadMillis > policy.aheadMillisQuiet && level(frame) < quietLevel)
  }

  const cut = (length: number): Block => {
    const block = { left: new Int16Array(length), right: new Int16Array(length) }
    left.read(position, block.left)
    right.read(position, block.right)
    position += length
    return block
  }

  return {
    person: (frame, now) => {
      if (!takes(now) || isLeftOut(frame, now)) return
      left.add(frame.samples, at(now), policy.jitterMillisMax * samplesPerMilli)
    },
    assistantWrote: voice.wrote,
    assistantHeard: (total, now) => {
      if (takes(now)) voice.heard(total, at(now))
    },
    assistantDropped: (total, now) => {
      if (takes(now)) voice.dropped(total, at(now))
    },
    next: (now) =>
      position + blockSamples <= Math.min(lengthMax, at(now - policy.holdMillis)) ? cut(blockSamples) : undefined,
    rest: (now) => {
      const end = Math.min(lengthMax, Math.max(at(now), left.end(), right.end()))
      return end > position ? cut(Math.min(blockSamples, end - position)) : undefined
    },
    heldMillis: () => Math.max(left.held(), right.held()) / samplesPerMilli,
  }
}
