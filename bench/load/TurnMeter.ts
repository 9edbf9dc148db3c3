/** Times the turns of one session. Called from inside providers and transports, so it is plain and quick. */
export interface TurnMeter {
  /** The recogniser hands over its final transcript. */
  readonly transcribed: () => void
  /** A frame of the voice is handed to the transport; the first one of an answer counts. */
  readonly voiced: () => void
  /** What was measured since the last call. */
  readonly take: () => { readonly latencies: ReadonlyArray<number>; readonly unanswered: number }
  readonly turns: () => number
}

export const make = (): TurnMeter => {
  let latencies: Array<number> = []
  let unanswered = 0
  let turns = 0
  let since: number | undefined
  return {
    transcribed: () => {
      if (since !== undefined) unanswered++
      turns++
      since = performance.now()
    },
    voiced: () => {
      if (since === undefined) return
      latencies.push(performance.now() - since)
      since = undefined
    },
    take: () => {
      const taken = { latencies, unanswered }
      latencies = []
      unanswered = 0
      return taken
    },
    turns: () => turns,
  }
}
