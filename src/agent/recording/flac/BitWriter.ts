/** Writes numbers of any width, most significant bit first, into bytes that grow as needed and are used again. */
export interface BitWriter {
  /** The lowest `bits` (0 to 32) of a number. */
  readonly write: (value: number, bits: number) => void
  readonly zeros: (count: number) => void
  /** Fills the last byte with zeros. */
  readonly align: () => void
  /** What was written since the beginning or `reset`; only whole bytes. A view: it lasts until the next call. */
  readonly bytes: () => Uint8Array
  readonly reset: () => void
}

/** As much as the accumulator of 32 bits takes on top of an unfinished byte. */
const bitsAtOnce = 24
const bytesAtFirst = 1_024

export const make = (): BitWriter => {
  let buffer = new Uint8Array(bytesAtFirst)
  let length = 0
  let pending = 0
  let pendingBits = 0

  const put = (value: number, bits: number) => {
    pending = (pending << bits) | (value & ((1 << bits) - 1))
    pendingBits += bits
    if (length + 4 > buffer.length) {
      const larger = new Uint8Array(2 * buffer.length)
      larger.set(buffer)
      buffer = larger
    }
    while (pendingBits >= 8) {
      pendingBits -= 8
      buffer[length++] = pending >>> pendingBits
    }
  }

  return {
    write: (value, bits) => {
      if (bits <= bitsAtOnce) return put(value, bits)
      put(value >>> bitsAtOnce, bits - bitsAtOnce)
      put(value, bitsAtOnce)
    },
    zeros: (count) => {
      for (let left = count; left > 0; left -= bitsAtOnce) put(0, Math.min(left, bitsAtOnce))
    },
    align: () => {
      if (pendingBits > 0) put(0, 8 - pendingBits)
    },
    bytes: () => buffer.subarray(0, length),
    reset: () => {
      length = 0
      pending = 0
      pendingBits = 0
    },
  }
}
