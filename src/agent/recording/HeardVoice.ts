import { concat, type PcmFrame } from "../../domain/speech/PcmFrame.ts"
import * as Resampler from "../../domain/speech/Resampler.ts"
import { recordingSampleRate } from "./RecordingPolicy.ts"
import type { Track } from "./Track.ts"

/**
 * The assistant's voice as it was heard: what was written waits here until it has been, and then goes onto its track. What
 * was dropped never does.
 */
export interface HeardVoice {
  readonly wrote: (samples: Int16Array) => void
  /** So many samples have been heard since the beginning, as told at a position of the recording. */
  readonly heard: (total: number, position: number) => void
  /** What was written and not heard was dropped. */
  readonly dropped: (total: number, position: number) => void
}

export interface HeardVoiceOptions {
  readonly track: Track
  /** Of the voice. */
  readonly sampleRate: number
  /** What had been heard before the recording began, in samples. */
  readonly heardBefore: number
  /** In samples of the track. */
  readonly stallMax: number
}

export const make = ({ heardBefore, sampleRate, stallMax, track }: HeardVoiceOptions): HeardVoice => {
  /** Written and not yet heard, in order. */
  let waiting: Array<Int16Array> = []
  let taken = heardBefore
  let written = heardBefore
  /** Of the stretch that is being heard; none between two. */
  let resampler: Resampler.Resampler | undefined

  /** Takes so many samples out of what waits, or all of it. */
  const take = (count: number): Int16Array => {
    const pieces: Array<PcmFrame> = []
    let left = count
    for (let piece = waiting[0]; piece !== undefined && left > 0; piece = waiting[0]) {
      const samples = piece.slice(0, left)
      pieces.push({ samples, sampleRate })
      left -= samples.length
      if (samples.length === piece.length) waiting.shift()
      else waiting[0] = piece.slice(samples.length)
    }
    return concat(pieces, sampleRate).samples
  }

  const finish = (position: number) => {
    if (resampler !== undefined) track.add(resampler.flush().samples, position, stallMax)
    resampler = undefined
  }

  const heard = (total: number, position: number) => {
    const samples = take(total - taken)
    if (samples.length > 0) {
      // A stretch that begins after all before it was heard may have any silence before it.
      const gapMax = resampler === undefined ? 0 : stallMax
      resampler ??= Resampler.make(sampleRate, recordingSampleRate)
      track.add(resampler.push({ samples, sampleRate }).samples, position, gapMax)
    }
    // More than was told of, should a write have been cut off after it was done, is not known and not heard again.
    taken = Math.max(taken, total)
    written = Math.max(written, taken)
    if (taken === written) finish(position)
  }

  return {
    wrote: (samples) => {
      waiting.push(samples)
      written += samples.length
    },
    heard,
    dropped: (total, position) => {
      heard(total, position)
      finish(position)
      waiting = []
      taken = written = total
    },
  }
}
