/** How a lost connection is tried again. */
export const reconnectPolicy = {
  firstDelayMillis: 250,
  longestDelayMillis: 4_000,
  /** Each delay is shortened by up to this share, so that the pages of a restarted server do not all come at once. */
  jitterShare: 0.25,
  /** A socket that does not open, or is not welcomed, within this time has failed. */
  openWithinMillis: 8_000,
} as const

/** The wait before the given attempt (from 1), in milliseconds. `random`: 0 to 1. */
export const delayMillis = (attempt: number, random: number): number => {
  const full = Math.min(
    reconnectPolicy.longestDelayMillis,
    reconnectPolicy.firstDelayMillis * 2 ** Math.min(attempt - 1, 16),
  )
  return Math.round(full * (1 - reconnectPolicy.jitterShare * random))
}
