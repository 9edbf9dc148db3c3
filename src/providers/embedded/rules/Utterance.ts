import * as NumberWords from "./NumberWords.ts"

/** What a person said, in the shape that rules match on. */
export interface Utterance {
  readonly original: string
  /** Lower case, no punctuation, no filled pauses, contractions written out, slips of key words mended, numbers as digits. */
  readonly text: string
}

/** Words that rules turn on; a recogniser's slip of one letter in them is mended. */
const keyWords: ReadonlyArray<string> = (
  "timer timers minute minutes second seconds hour hours cancel repeat spell weather story joke calculate percent " +
  "square date today tomorrow goodbye times divided multiplied minus hello thanks thank yourself again before everything morning " +
  "evening afternoon hundred thousand million twelve eleven thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty " +
  "thirty forty fifty sixty seventy eighty ninety remaining running"
).split(" ")
const mendableLengthMin = 5

/** At most one letter changed, added or left out. */
const differsByOne = (one: string, other: string): boolean => {
  if (Math.abs(one.length - other.length) > 1) return false
  let start = 0
  while (start < one.length && one[start] === other[start]) start++
  let end = 0
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end++
  return Math.max(one.length, other.length) - start - end <= 1
}

/** Real words that are one letter from a key word. */
const leftAlone = new Set("timed store forth money house houses stored hello fights".split(" "))

const mend = (word: string): string => {
  if (word.length < mendableLengthMin || keyWords.includes(word) || leftAlone.has(word)) return word
  // "squared" is a form of "square", not a slip.
  const near = keyWords.filter(
    (key) =>
      key.length >= mendableLengthMin && differsByOne(word, key) && !word.startsWith(key) && !key.startsWith(word),
  )
  const [first] = near
  // Two forms of one word are no doubt about which is meant.
  return first !== undefined && near.every((key) => key.startsWith(first)) ? first : word
}

const contractions: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bwhat's\b|\bwhats\b/g, "what is"],
  [/\bhow's\b/g, "how is"],
  [/\bwho's\b/g, "who is"],
  [/\bwhere's\b/g, "where is"],
  [/\bit's\b/g, "it is"],
  [/\bthat's\b/g, "that is"],
  [/\blet's\b/g, "let us"],
  [/\bi'm\b/g, "i am"],
  [/\byou're\b/g, "you are"],
  [/\bcan't\b/g, "cannot"],
  [/\bdon't\b/g, "do not"],
]

export const of = (original: string): Utterance => {
  let text = original
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[’‘]/g, "'")
    .replaceAll(/(\d),(?=\d{3}\b)/g, "$1")
    .replaceAll("%", " percent ")
    .replaceAll("×", " times ")
    .replaceAll("÷", " divided by ")
    .replaceAll(/(\d)\s*([+*/^=])\s*(?=[\d(])/g, "$1 $2 ")
    // A full stop between digits is a decimal point; every other mark is a pause.
    .replaceAll(/[.](?!\d)|[,;:!?"“”()¿¡…]/g, " ")
    .replaceAll(/\s-\s|\s-(?=\d)|(?<=\d)-(?=\d)/g, " minus ")
  for (const [pattern, full] of contractions) text = text.replaceAll(pattern, full)
  const words = text.split(/\s+/).filter((word) => word !== "" && !/^(um+|uh+|uhm|erm?|hmm+|please)$/.test(word))
  return { original, text: NumberWords.toDigits(words.map(mend).join(" ")) }
}
