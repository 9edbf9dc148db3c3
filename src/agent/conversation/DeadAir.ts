import { Clock, Effect } from "effect"
import type { DeadAirSettings } from "./ConversationSettings.ts"

export interface Watched {
  /** Nobody waits for sound now: the answer is held back because the person is speaking or away. */
  readonly held: () => boolean
  /** Waits until it is not held any more. */
  readonly released: Effect.Effect<void>
  /** Since when the person hears nothing, in epoch milliseconds; later than now while something sounds. */
  readonly quietSince: () => number
  /** When the model last got on. */
  readonly progressAt: () => number
  /** Text is on its way through the voice: another sentence would only queue behind it. */
  readonly voiceBusy: () => boolean
  readonly thinking: () => boolean
  readonly say: (filler: number) => Effect.Effect<void>
  readonly signal: Effect.Effect<void>
  readonly giveUp: Effect.Effect<void>
}

/** The tone starts a little before the bound, so that the bound holds. */
const signalLeadMillis = 200
const checkMillisMin = 20
const checkMillisMax = 250

/**
 * Keeps a due answer from being silence: first a filler is said, then a tone is played that needs no provider, and a model
 * that does not get on is given up. Runs until it is interrupted with its turn.
 */
export const watch = Effect.fnUntraced(function* (watched: Watched, settings: DeadAirSettings) {
  const signalMillis = settings.silenceMillisMax - signalLeadMillis
  let fillers = 0
  /** The silence for which this has been done already; it takes a moment to be heard. */
  let filledSince = -1
  let signalledSince = -1
  for (;;) {
    if (watched.held()) yield* watched.released
    const now = yield* Clock.currentTimeMillis
    const since = watched.quietSince()
    const quiet = now - since
    if (watched.thinking() && now - watched.progressAt() >= settings.giveUpMillis) {
      yield* watched.giveUp
    } else if (quiet >= signalMillis && signalledSince !== since) {
      signalledSince = since
      yield* watched.signal
    } else if (quiet >= settings.fillerMillis && filledSince !== since && watched.thinking() && !watched.voiceBusy()) {
      filledSince = since
      yield* watched.say(fillers++)
    }
    yield* Effect.sleep(nextCheck(watched, settings, quiet, filledSince === since))
  }
})

/** What was due can move while we sleep (a pause drops audio that was still to be heard), so look again before long. */
const nextCheck = (watched: Watched, settings: DeadAirSettings, quiet: number, filled: boolean): number => {
  const fillerIn = settings.fillerMillis - quiet
  const signalIn = settings.silenceMillisMax - signalLeadMillis - quiet
  const next = watched.thinking() && !filled && fillerIn > 0 ? Math.min(fillerIn, signalIn) : signalIn
  return Math.min(Math.max(next, checkMillisMin), checkMillisMax)
}
