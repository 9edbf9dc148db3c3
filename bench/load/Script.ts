/** What both sides are given: the same person, the same words, the same voice. */
export const inputRate = 16_000
export const frameMillis = 20
/** How long the person makes a sound in each turn. */
export const speechMillis = 300
/** How much silence ends it. */
export const endSilenceMillis = 220
export const transcript = "Hello there."
export const answer = "Hello there my friend. How are you doing today."
export const answerWords: ReadonlyArray<string> = answer.split(/(?<=\s)/)
export const voiceRate = 24_000
/** Every word is one chunk of this length. */
export const wordMillis = 50
/** How much of the voice the listener takes ahead of what it plays, in real time. */
export const aheadMillisMax = 200
