/** Fast talkers reach 6 words a second (360 a minute, an auctioneer's); what claims more was not said. */
const wordsPerSecondMax = 7

/** In less than this nothing can be told of the pace. */
const secondsMin = 0.5

/** How often the same words follow each other before that is the model's loop and no person's ("no no no no no"). */
const repeatsMax = 5
const phraseWordsMax = 8

const same = (words: ReadonlyArray<string>, a: number, b: number, count: number): boolean => {
  for (let index = 0; index < count; index++) {
    if (words[a + index]?.toLowerCase() !== words[b + index]?.toLowerCase()) return false
  }
  return true
}

/** How many times the phrase of `size` words at `from` stands there in a row. */
const repeats = (words: ReadonlyArray<string>, from: number, size: number): number => {
  let count = 1
  while (from + (count + 1) * size <= words.length && same(words, from, from + count * size, size)) count += 1
  return count
}

/** Loops are folded into one round: a phrase of up to 8 words that stands more than 5 times in a row. */
export const withoutLoops = (text: string): string => {
  const words = text.split(/\s+/)
  const kept: Array<string> = []
  for (let index = 0; index < words.length;) {
    let skip = 0
    for (let size = 1; size <= phraseWordsMax && skip === 0; size++) {
      const count = repeats(words, index, size)
      if (count > repeatsMax) {
        kept.push(...words.slice(index, index + size))
        skip = count * size
      }
    }
    if (skip === 0) kept.push(words[index] ?? "")
    index += Math.max(1, skip)
  }
  return kept.join(" ")
}

/**
 * What of a decoded text can have been said. Moonshine writes nothing for silence and most noise, but may fall into a loop or
 * write more than anybody can say in the time: loops are folded, and then a text of more than 7 words a second is dropped whole.
 */
export const plausible = (text: string, seconds: number): string => {
  const folded = withoutLoops(text.trim())
  const words = folded.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length
  if (words === 0) return ""
  return words / Math.max(seconds, secondsMin) > wordsPerSecondMax ? "" : folded
}
