import type { Waiting } from "../conversation/ConversationState.ts"

const minuteMillis = 60_000

/** "less than a minute", "about a minute", "about 3 minutes", "about an hour" */
export const estimateText = (millis: number): string => {
  const minutes = Math.round(millis / minuteMillis)
  if (millis < 0.75 * minuteMillis) return "less than a minute"
  if (minutes <= 1) return "about a minute"
  return minutes < 50 ? `about ${minutes} minutes` : minutes < 75 ? "about an hour" : "more than an hour"
}

/** Where a person stands, for the state line. */
export const waitingWords = ({ after, position }: Waiting): string => {
  if (after === "lost") return "The assistant was lost"
  if (position === undefined) return "An assistant is coming"
  return position === 1 ? "You are next" : `You are number ${position}`
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** How long it may take, and what to do meanwhile. */
export const waitingHint = ({ after, estimateMillis, position }: Waiting): string => {
  const estimate = estimateMillis === undefined ? "" : estimateText(estimateMillis)
  if (after === "lost") {
    if (position === undefined) return "Another one is coming. What was said is kept."
    const place = position === 1 ? "you are next" : `you are number ${position}`
    return `Another one is coming: ${place}${estimate === "" ? "" : `, ${estimate}`}. What was said is kept.`
  }
  if (position === undefined) return "It will be with you in a moment."
  const wait = estimate === "" ? "Every assistant is talking just now." : sentence(estimate)
  return `${wait} We begin as soon as one is free; you may leave at any time.`
}
