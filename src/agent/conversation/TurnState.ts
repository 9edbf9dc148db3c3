/** What one answer is at now; changed only by the parts of its turn. Times are epoch milliseconds. */
export interface TurnState {
  /** Counts the turns of a conversation; known once it is committed. */
  index: number
  /** The person has finished: it may be heard, and tools may run. */
  committed: boolean
  /** Held back because the person speaks or is away. */
  paused: boolean
  /** All was said and heard. */
  finished: boolean
  /** The model could not answer; the person gets an apology. */
  failed: boolean
  /** The model is still at work. */
  thinking: boolean
  /** The model waits for its own voice. */
  saying: boolean
  speculative: boolean
  deadAir: number
  recoveries: number
  /** Since when an answer is waited for. */
  waitedFrom: number
  /** When the model last got on. */
  progressAt: number
}

export const make = (thinking: boolean): TurnState => ({
  index: 0,
  committed: false,
  paused: false,
  finished: false,
  failed: false,
  thinking,
  saying: false,
  speculative: false,
  deadAir: 0,
  recoveries: 0,
  waitedFrom: 0,
  progressAt: 0,
})
