/**
 * One voice on the time line of a recording, in stretches without gaps; between them is silence. Positions are samples since
 * the beginning.
 *
 * Of each piece of audio only its latest possible end is known: it had been heard when we were told of it. So a stretch lies where the
 * piece that came soonest puts it, and moves back while pieces come sooner than it says, as they do after a
 * network held several up. What was read already stays where it is.
 */
export interface Track {
  /**
   * Adds samples of which the last had been heard by `position`. They follow those before without a gap, unless they would then lie
   * more than `gapMax` samples too early.
   */
  readonly add: (samples: Int16Array, position: number, gapMax: number) => void
  /** After the last sample. */
  readonly end: () => number
  /** Samples that were added and not forgotten. */
  readonly held: () => number
  /** Copies what lies from `from` on over `out`, silence included, and forgets it and all before. */
  readonly read: (from: number, out: Int16Array) => void
}

interface Stretch {
  start: number
  length: number
  /** The first ones may have been forgotten: then `start` is where the first left one lies. */
  readonly pieces: Array<Int16Array>
  moves: boolean
}

const endOf = ({ length, start }: Stretch) => start + length

const forget = (stretch: Stretch, before: number) => {
  for (let piece = stretch.pieces[0]; piece !== undefined; piece = stretch.pieces[0]) {
    if (stretch.start + piece.length > before) return
    stretch.pieces.shift()
    stretch.start += piece.length
    stretch.length -= piece.length
  }
}

const copy = (stretch: Stretch, from: number, out: Int16Array) => {
  let position = stretch.start
  for (const piece of stretch.pieces) {
    if (position >= from + out.length) return
    const skipped = Math.max(0, from - position)
    if (skipped < piece.length) {
      const to = position + skipped - from
      out.set(piece.subarray(skipped, skipped + out.length - to), to)
    }
    position += piece.length
  }
}

export const make = (): Track => {
  const stretches: Array<Stretch> = []
  /** Everything before was read. */
  let settled = 0
  let end = 0

  const moveBack = (stretch: Stretch, position: number) => {
    const before = stretches.at(-2)
    const earliest = Math.max(settled, before === undefined ? 0 : endOf(before))
    if (stretch.moves) stretch.start -= Math.max(0, Math.min(endOf(stretch) - position, stretch.start - earliest))
  }

  return {
    add: (samples, position, gapMax) => {
      if (samples.length === 0) return
      const start = position - samples.length
      const last = stretches.at(-1)
      const joins = last !== undefined && end >= settled && start - end <= gapMax
      const stretch = joins ? last : { start: Math.max(start, end, settled), length: 0, pieces: [], moves: true }
      if (!joins) stretches.push(stretch)
      stretch.pieces.push(samples)
      stretch.length += samples.length
      moveBack(stretch, position)
      end = endOf(stretch)
    },
    end: () => end,
    held: () => stretches.reduce((total, stretch) => total + stretch.length, 0),
    read: (from, out) => {
      out.fill(0)
      settled = Math.max(settled, from + out.length)
      for (const stretch of stretches) {
        if (stretch.start >= settled) break
        stretch.moves = false
        copy(stretch, from, out)
        forget(stretch, settled)
      }
      while (stretches[0] !== undefined && stretches[0].pieces.length === 0) stretches.shift()
    },
  }
}
