import * as BitWriter from "./BitWriter.ts"

export interface StreamFacts {
  readonly sampleRate: number
  readonly blockSamples: number
  /** 0: unknown. */
  readonly frameBytesMin: number
  readonly frameBytesMax: number
  /** Of one channel; 0: unknown. */
  readonly totalSamples: number
}

/** How long what `streamInfo` makes is. */
export const headBytes = 42

const marker = 0x664c6143
const lastBlockOfKindStreamInfo = 0x80
const infoBytes = 34
const md5Bytes = 16
const twoTo32 = 2 ** 32

/** The beginning of a file of stereo 16-bit samples: the marker and STREAMINFO without MD5 (RFC 9639, sections 6 and 8.2). */
export const streamInfo = (facts: StreamFacts): Uint8Array => {
  const out = BitWriter.make()
  out.write(marker, 32)
  out.write(lastBlockOfKindStreamInfo, 8)
  out.write(infoBytes, 24)
  out.write(facts.blockSamples, 16)
  out.write(facts.blockSamples, 16)
  out.write(facts.frameBytesMin, 24)
  out.write(facts.frameBytesMax, 24)
  out.write(facts.sampleRate, 20)
  out.write(1, 3)
  out.write(15, 5)
  out.write(Math.floor(facts.totalSamples / twoTo32), 4)
  out.write(facts.totalSamples % twoTo32, 32)
  out.zeros(8 * md5Bytes)
  return out.bytes()
}
