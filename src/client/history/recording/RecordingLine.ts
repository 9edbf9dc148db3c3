import type { RecordingItem } from "../../../http/api/RecordingsApi.ts"

/** A place in one of the recordings that follow each other, in seconds from its beginning. */
export interface Place {
  readonly part: number
  readonly seconds: number
}

/** The recordings of a conversation as one line of time, without what was not recorded between them. Positions are seconds. */
export interface RecordingLine {
  readonly parts: ReadonlyArray<RecordingItem>
  readonly seconds: number
  readonly placeOf: (position: number) => Place
  readonly positionOf: (place: Place) => number
  /** Undefined: nothing was recorded then. */
  readonly positionAt: (epochMillis: number) => number | undefined
}

/** When a word began is known to about this, in seconds: so much outside of a recording counts as its edge. */
const edgeSeconds = 5

export const make = (parts: ReadonlyArray<RecordingItem>): RecordingLine => {
  const lengths = parts.map(({ durationMillis }) => durationMillis / 1_000)
  const starts = lengths.map((_, part) => lengths.slice(0, part).reduce((sum, length) => sum + length, 0))
  const seconds = lengths.reduce((sum, length) => sum + length, 0)
  const positionOf = ({ part, seconds }: Place) => (starts[part] ?? 0) + seconds
  return {
    parts,
    seconds,
    positionOf,
    placeOf: (position) => {
      const inside = Math.min(Math.max(0, position), seconds)
      const part = Math.max(
        0,
        starts.findLastIndex((start) => start <= inside),
      )
      return { part, seconds: inside - (starts[part] ?? 0) }
    },
    positionAt: (epochMillis) => {
      const since = parts.map(({ startedAt }) => (epochMillis - startedAt.epochMillis) / 1_000)
      const part = Math.max(
        0,
        since.findLastIndex((passed) => passed >= 0),
      )
      const passed = since[part]
      const length = lengths[part]
      if (passed === undefined || length === undefined) return undefined
      if (passed < -edgeSeconds || passed > length + edgeSeconds) return undefined
      return positionOf({ part, seconds: Math.min(Math.max(0, passed), length) })
    },
  }
}
