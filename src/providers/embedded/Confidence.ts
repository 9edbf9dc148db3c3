const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []

/** The length of the longest sequence of words that both have in this order. */
const common = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): number => {
  let before = Array.from({ length: b.length + 1 }, () => 0)
  for (const word of a) {
    const row = [0]
    b.forEach((other, index) => {
      row.push(word === other ? (before[index] ?? 0) + 1 : Math.max(before[index + 1] ?? 0, row[index] ?? 0))
    })
    before = row
  }
  return before[b.length] ?? 0
}

/** What a final is trusted that no partial came before (short utterances, a busy engine). */
export const unwitnessed = 0.8

/**
 * Moonshine gives no probabilities. What stands in for them is how steady it was: the share of the last partial's words that the
 * final confirmed, between 0.5 (none) and 0.95 (all), the partial's last word left out because it was often cut in half. 0 when
 * nothing was understood.
 */
export const confidence = (final: string, lastPartial: string): number => {
  if (final === "") return 0
  const believed = wordsOf(lastPartial).slice(0, -1)
  if (believed.length === 0) return unwitnessed
  return 0.5 + (0.45 * common(believed, wordsOf(final))) / believed.length
}
