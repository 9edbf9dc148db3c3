import type { WordMark } from "../../domain/speech/TextToSpeech.ts"

/** How fast voices speak when nothing better is known: characters a second. */
const charactersPerSecond = 15

/** One sentence on its way to the person. Counts are samples at the transport's rate. */
export interface SpokenSentence {
  readonly text: string
  readonly marks: Array<WordMark>
  /** Synthesised so far. */
  samples: number
  /** All of it is synthesised. */
  complete: boolean
  heard: number
}

export const sentence = (text: string): SpokenSentence => ({
  text,
  marks: [],
  samples: 0,
  complete: false,
  heard: 0,
})

const tokensOf = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((token) => token !== "")

const byMarks = (spoken: SpokenSentence, sampleRate: number): number => {
  let count = 0
  for (const mark of spoken.marks) {
    if (Math.round((mark.endMillis * sampleRate) / 1000) > spoken.heard) break
    count++
  }
  return count
}

/** Without word times: as many words as fit into the heard share of the sentence, by their letters. */
const byLength = (spoken: SpokenSentence, tokens: ReadonlyArray<string>, sampleRate: number): number => {
  const estimated = (spoken.text.length / charactersPerSecond) * sampleRate
  const total = spoken.complete ? spoken.samples : Math.max(spoken.samples, estimated)
  const letters = total === 0 ? 0 : (spoken.heard / total) * tokens.reduce((sum, token) => sum + token.length + 1, 0)
  let passed = 0
  let count = 0
  for (const token of tokens) {
    passed += token.length + 1
    if (passed > letters) break
    count++
  }
  return count
}

const heardTokens = (spoken: SpokenSentence, tokens: ReadonlyArray<string>, sampleRate: number): number => {
  if (spoken.heard === 0) return 0
  if (spoken.complete && spoken.heard >= spoken.samples) return tokens.length
  // Marks count only when they follow the words as written; a voice that says "15 %" as three words has others.
  return spoken.marks.length > 0 && spoken.marks.length <= tokens.length && marksFollow(spoken.marks, tokens)
    ? byMarks(spoken, sampleRate)
    : byLength(spoken, tokens, sampleRate)
}

const marksFollow = (marks: ReadonlyArray<WordMark>, tokens: ReadonlyArray<string>): boolean =>
  marks.every((mark, index) => letters(mark.word) === letters(tokens[index] ?? ""))

const letters = (word: string): string => word.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")

export interface Heard {
  readonly heard: string
  readonly unheard: string
}

/** Splits an answer at the word where hearing ended. A word that was cut in its middle was not heard. */
export const split = (sentences: ReadonlyArray<SpokenSentence>, sampleRate: number): Heard => {
  const heard: Array<string> = []
  const unheard: Array<string> = []
  for (const spoken of sentences) {
    const tokens = tokensOf(spoken.text)
    const count = heardTokens(spoken, tokens, sampleRate)
    heard.push(...tokens.slice(0, count))
    unheard.push(...tokens.slice(count))
  }
  return { heard: heard.join(" "), unheard: unheard.join(" ") }
}
