import * as BitWriter from "./BitWriter.ts"
import { writeFrame } from "./Frame.ts"
import { streamInfo } from "./StreamInfo.ts"

/**
 * FLAC (RFC 9639) of two 16-bit channels, a block at a time: fixed predictors and Rice codes. Two people who take turns share
 * nothing, so channels are coded apart; a channel that is silent for a block takes three bytes.
 */
export interface FlacEncoder {
  /** The frame of one block. All blocks have `blockSamples` but the last one, which may be shorter. The bytes are the caller's. */
  readonly encode: (left: Int16Array, right: Int16Array) => Uint8Array
  /** The file's first bytes, always equally many; those of after the last block tell its length. */
  readonly head: () => Uint8Array
  readonly samples: () => number
}

export interface FlacOptions {
  readonly sampleRate: number
  /** 16 to 65,535. */
  readonly blockSamples: number
}

export const make = ({ blockSamples, sampleRate }: FlacOptions): FlacEncoder => {
  const out = BitWriter.make()
  const scratch = new Int32Array(blockSamples)
  let index = 0
  let samples = 0
  let frameBytesMin = Number.POSITIVE_INFINITY
  let frameBytesMax = 0
  return {
    encode: (left, right) => {
      writeFrame(out, { index, sampleRate, left, right }, scratch)
      const frame = out.bytes().slice()
      index += 1
      samples += left.length
      frameBytesMin = Math.min(frameBytesMin, frame.length)
      frameBytesMax = Math.max(frameBytesMax, frame.length)
      return frame
    },
    head: () =>
      streamInfo({
        sampleRate,
        blockSamples,
        frameBytesMin: index === 0 ? 0 : frameBytesMin,
        frameBytesMax,
        totalSamples: samples,
      }),
    samples: () => samples,
  }
}
