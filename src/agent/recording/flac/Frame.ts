import type { BitWriter } from "./BitWriter.ts"
import { crc16, crc8 } from "./Crc.ts"
import { writeSubframe } from "./Subframe.ts"

const syncOfFixedBlocks = 0xfff8
const blockSamplesAtEnd = 0b0111
const leftAndRight = 0b0001
const sixteenBits = 0b100
/** Of rates that have a code of their own; others are told by STREAMINFO alone. */
const rateCodes: Readonly<Record<number, number>> = { 8_000: 4, 16_000: 5, 24_000: 7, 48_000: 10 }

/** As UTF-8 writes a code point, but for up to 31 bits (RFC 9639, section 9.1.5). */
const writeNumber = (out: BitWriter, value: number) => {
  if (value < 0x80) return out.write(value, 8)
  let following = 1
  while (value >= 2 ** (5 * following + 6)) following++
  const lead = (0xff << (7 - following)) & 0xff
  out.write(lead | Math.floor(value / 2 ** (6 * following)), 8)
  for (let left = following - 1; left >= 0; left--) out.write(0x80 | (Math.floor(value / 2 ** (6 * left)) & 0x3f), 8)
}

export interface Block {
  /** Counts from 0. */
  readonly index: number
  readonly sampleRate: number
  /** Both have the same length, 1 to 65,536 samples. */
  readonly left: Int16Array
  readonly right: Int16Array
}

/** One frame, in place of what `out` held. */
export const writeFrame = (out: BitWriter, block: Block, scratch: Int32Array) => {
  out.reset()
  out.write(syncOfFixedBlocks, 16)
  out.write(blockSamplesAtEnd, 4)
  out.write(rateCodes[block.sampleRate] ?? 0, 4)
  out.write(leftAndRight, 4)
  out.write(sixteenBits, 3)
  out.write(0, 1)
  writeNumber(out, block.index)
  out.write(block.left.length - 1, 16)
  out.write(crc8(out.bytes()), 8)
  writeSubframe(out, block.left, scratch)
  writeSubframe(out, block.right, scratch)
  out.align()
  out.write(crc16(out.bytes()), 16)
}
