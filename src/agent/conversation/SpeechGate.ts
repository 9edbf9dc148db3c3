import type { HearingSettings } from "./ConversationSettings.ts"

export type GateChange = "started" | "confirmed" | "ended"

/**
 * Turns the detector's probabilities into the beginning and end of speech: two thresholds, so that a wavering voice does not
 * flicker, and least lengths for both.
 */
export const make = (settings: HearingSettings, windowMillis: number) => {
  let open = false
  let confirmed = false
  /** Speech in a row while closed; all speech while open. */
  let speechMillis = 0
  let silenceMillis = 0

  const whileClosed = (probability: number): GateChange | undefined => {
    speechMillis = probability >= settings.startProbability ? speechMillis + windowMillis : 0
    if (speechMillis < settings.startMillis) return undefined
    open = true
    confirmed = false
    silenceMillis = 0
    return "started"
  }

  const whileOpen = (probability: number): GateChange | undefined => {
    if (probability >= settings.endProbability) {
      silenceMillis = 0
      speechMillis += windowMillis
      if (confirmed || speechMillis < settings.confirmMillis) return undefined
      confirmed = true
      return "confirmed"
    }
    silenceMillis += windowMillis
    if (silenceMillis < settings.endSilenceMillis) return undefined
    open = false
    speechMillis = 0
    return "ended"
  }

  return {
    accept: (probability: number): GateChange | undefined => (open ? whileOpen(probability) : whileClosed(probability)),
    /** Silence at the end of what was heard so far. */
    silenceMillis: () => silenceMillis,
    /** As if the speech had ended. */
    reset: () => {
      open = false
      speechMillis = 0
    },
  }
}
export type SpeechGate = ReturnType<typeof make>
