import type { WebSocketPolicy } from "./WebSocketPolicy.ts"

/**
 * Knows how far a person's page has come with the voice. All positions are samples, all times milliseconds.
 *
 * Heard is what the page acknowledged last, plus the time since then, at most `unacknowledgedMillisMax` of it, never more than
 * was sent. Before the first acknowledgement of a stretch of voice nothing counts as heard. When the page has said
 * nothing for `stallMillis`, real time counts as heard from there on, so that a page in the background holds nothing up for ever.
 *
 * `drop` fixes what was heard of a generation: acknowledgements of it that come later are ignored, so that positions neither
 * fall back nor shift under the generation that follows.
 */
export interface Playout {
  readonly generation: () => number
  /** Over all generations; never falls. */
  readonly heard: (now: number) => number
  /** Sent and not yet heard. */
  readonly ahead: (now: number) => number
  /** How long to wait until a frame of this length may be sent; 0: now. An estimate, to be asked again. */
  readonly waitMillis: (samples: number, now: number) => number
  readonly sent: (samples: Int16Array, now: number) => void
  /** Older generations are ignored. A position that cannot be is brought to the nearest that can. */
  readonly acknowledge: (generation: number, position: number, now: number) => void
  /** Begins a new generation without what was not heard; answers `heard`. */
  readonly drop: (now: number) => number
  /** The page is away: nothing is heard until it is `back`. */
  readonly away: (now: number) => void
  /** Begins a new generation; answers what was sent and not heard, to be sent again. */
  readonly back: (now: number) => ReadonlyArray<Int16Array>
}

interface Sent {
  readonly samples: Int16Array
  /** Position of the first sample within the generation. */
  readonly from: number
}

export const make = (sampleRate: number, policy: WebSocketPolicy): Playout => {
  const inSamples = (millis: number) => (millis * sampleRate) / 1000
  const aheadMax = inSamples(policy.aheadMillisMax)
  let generation = 0
  /** Heard of the generations before. */
  let base = 0
  /** Positions within this generation. */
  let sent = 0
  let acknowledged = 0
  let heardBest = 0
  /** When the page last told, or had nothing left and was sent more. */
  let toldAt = 0
  let playing = false
  let here = true
  /** Where a page that plays from the moment of sending would be: what it is behind that is the round trip. */
  let ideal = 0
  let idealAt = 0
  let roundTrip = 0
  let unheard: Array<Sent> = []

  const idealNow = (now: number) => Math.min(sent, ideal + inSamples(now - idealAt))

  const heardHere = (now: number): number => {
    if (!here) return heardBest
    const elapsed = now - toldAt
    const known = playing ? Math.min(elapsed, policy.unacknowledgedMillisMax) : 0
    const stalled = Math.max(0, elapsed - policy.stallMillis)
    heardBest = Math.max(heardBest, Math.min(sent, acknowledged + Math.floor(inSamples(known + stalled))))
    return heardBest
  }

  const begin = (heard: number, now: number) => {
    base += heard
    generation += 1
    sent = acknowledged = heardBest = ideal = 0
    toldAt = idealAt = now
    playing = false
    unheard = []
  }

  return {
    generation: () => generation,
    heard: (now) => base + heardHere(now),
    ahead: (now) => sent - heardHere(now),
    waitMillis: (samples, now) => {
      const ahead = sent - heardHere(now)
      // A frame longer than the bound itself goes when nothing is before it.
      if (ahead === 0) return 0
      const over = ahead + samples - aheadMax - roundTrip
      return over <= 0 ? 0 : (over * 1000) / sampleRate
    },
    sent: (samples, now) => {
      const heard = heardHere(now)
      if (heard >= sent) {
        playing = false
        toldAt = now
      }
      ideal = idealNow(now)
      idealAt = now
      while (unheard[0] !== undefined && unheard[0].from + unheard[0].samples.length <= heard) unheard.shift()
      unheard.push({ samples, from: sent })
      sent += samples.length
    },
    acknowledge: (of, position, now) => {
      if (of !== generation) return
      acknowledged = Math.max(acknowledged, Math.min(position, sent))
      toldAt = now
      playing = acknowledged > 0
      // A page that has played all cannot tell how far behind it was.
      if (acknowledged < sent) {
        roundTrip = Math.min(Math.max(0, idealNow(now) - acknowledged), inSamples(policy.roundTripMillisMax))
      }
      heardHere(now)
    },
    drop: (now) => {
      begin(heardHere(now), now)
      return base
    },
    away: (now) => {
      heardHere(now)
      here = false
    },
    back: (now) => {
      const heard = heardHere(now)
      const again = unheard
        .filter((frame) => frame.from + frame.samples.length > heard)
        .map((frame) => frame.samples.slice(Math.max(0, heard - frame.from)))
      begin(heard, now)
      here = true
      return again
    },
  }
}
