import { Effect, Layer } from "effect"
import { TurnDetector } from "../../domain/speech/TurnDetector.ts"

/** How likely each kind of ending is the end of a turn. Between them, silence decides. */
export const likelihood = {
  /** Only noise was heard, or nothing. */
  empty: 0.1,
  /** "I would like and", "it is, um": more is coming. */
  openEnded: 0.1,
  /** A number or a spelling that is being dictated. */
  dictation: 0.25,
  /** "what is the", "can you": a question without its object. */
  openQuestion: 0.15,
  /** Words without punctuation, and no sign either way. */
  unclear: 0.5,
  /** A whole question or sentence that the recogniser left without its mark. */
  whole: 0.75,
  finished: 0.9,
  /** "yes", "stop": nothing is waited for after it. */
  affirmation: 0.98,
} as const

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "))

const affirmations = set(
  "yes yeah yep yup no nope nah ok okay sure right exactly correct stop cancel quit thanks please-stop goodbye bye hello hi",
)
/** Words that do not end an English sentence. */
const openWords = set(
  "and but or so because since although though if unless while whereas than that which who whose when where as like " +
    "the a an my your his her its our their this these some any every no very really quite too more most " +
    "of to in at by for with from into onto about between through during without within under over near toward towards per " +
    "is are was were am be been being has have had do does did can could will would shall should may might must " +
    "i we they he she you i'm i'd i'll i've we're it's there's let's what's um uh uhm er erm hmm mm well maybe then also just",
)
/** Of those, the ones that do end a question or a short answer: "who is that", "yes I do", "what did you do that for". */
const closingAfterQuestion = set(
  "that this these of to in at for with from about like is are was were do does did can be on over",
)
/** Of those, the ones that do end a longer statement: "taller than he was", "I would if I could", "what I came for". */
const closingStatement = set(
  "that this these some any more most too really well then also just like " +
    "of to in at for with from about through without within over near under " +
    "is are was were am be been have has had do does did can could will would should might " +
    "we they he she you",
)
/** A shorter statement that ends so is more likely a pause after "it was". */
const closedWordsMin = 5
const digits = set("zero oh one two three four five six seven eight nine double triple dash point hyphen")
const questionWords = set(
  "what what's who who's where where's when when's why how how's which whose can could would will do does did is are",
)

const wordsOf = (text: string): ReadonlyArray<string> =>
  text
    .toLowerCase()
    .replaceAll(/[’‘]/g, "'")
    .split(/[^\p{L}\p{N}']+/u)
    .filter(Boolean)

const isDigit = (word: string | undefined): boolean => word !== undefined && (digits.has(word) || /^\d$/.test(word))
const isLetter = (word: string | undefined): boolean => word !== undefined && /^[a-z]$/.test(word)
/** Letters that are words, too, are no sign of spelling. */
const isSpelled = (tail: ReadonlyArray<string>): boolean =>
  tail.every(isLetter) && tail.filter((word) => word !== "a" && word !== "i").length >= 2

/** Three single digits or letters in a row: a number or a word that is being read out. */
const isDictated = (words: ReadonlyArray<string>): boolean => {
  const tail = words.slice(-3)
  return tail.length === 3 && (tail.every(isDigit) || isSpelled(tail))
}

/** What a telephone number or a code has when it is whole; shorter ones go on. */
const dictatedDigitsMin = 10
const dictatedCount = (words: ReadonlyArray<string>): number => {
  const other = words.findLastIndex((word) => !isDigit(word) && !isLetter(word))
  return words.length - 1 - other
}

const english = (text: string, words: ReadonlyArray<string>): number => {
  const last = words.at(-1) ?? ""
  const terminal = /[.!?]["')\]]*$/.test(text) && !/\.\.\.$|…$/.test(text)
  if (words.length <= 2 && words.every((word) => affirmations.has(word)) && !text.endsWith(","))
    return likelihood.affirmation
  if (/[,;:\-–—…]$|\.\.\.$/.test(text)) return likelihood.openEnded
  if (isDictated(words) && dictatedCount(words) < dictatedDigitsMin) return likelihood.dictation
  const asked = questionWords.has(words[0] ?? "")
  // "What is that", but not "what is the": what closes a question needs words before it.
  const closes = asked && closingAfterQuestion.has(last) && words.length >= 3
  if (openWords.has(last) && !closes) {
    // Recognisers set a full stop at each pause, also after "and the". "Really?" is whole.
    if (words.length === 1 && text.endsWith("?")) return likelihood.finished
    if (!asked && terminal && words.length >= closedWordsMin && closingStatement.has(last)) return likelihood.whole
    return asked ? likelihood.openQuestion : likelihood.openEnded
  }
  if (terminal) return likelihood.finished
  if (asked && words.length >= 3) return likelihood.whole
  return likelihood.unclear
}

/** For languages whose words we do not know, only the punctuation speaks. */
const anyLanguage = (text: string): number => {
  if (/[.!?。！？؟।]["'»”)\]]*$/u.test(text) && !text.endsWith("...")) return likelihood.finished
  return /[,;:、，،…–—-]$|\.\.\.$/u.test(text) ? likelihood.openEnded : likelihood.unclear
}

/** How likely it is, 0 to 1, that what was said is all. `language` is BCP 47. */
export const judge = (transcript: string, language: string): number => {
  const text = transcript.trim()
  const words = wordsOf(text)
  if (words.length === 0) return likelihood.empty
  return /^en\b/i.test(language) ? english(text, words) : anyLanguage(text)
}

/** Judges by the text alone: costs microseconds, and needs a recogniser that sets punctuation to be good. */
export const layer = Layer.succeed(TurnDetector, {
  name: "rules",
  finished: Effect.fn("RuleTurnDetector.finished")(({ transcript, language }) =>
    Effect.succeed(judge(transcript, language)),
  ),
})
