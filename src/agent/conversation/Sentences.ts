/** The first piece may end at a comma once it is this long: the voice can start while the model still writes. */
const firstClauseLengthMin = 36
/** No sentence for this long: cut at a space, so that neither voice nor memory waits for a full stop. */
const lengthMax = 280

const abbreviation = /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|approx|[a-z])\.$/i
const sentenceEnd = /[.!?…]["')\]]*\s|[。！？]|\n+/g
const clauseEnd = /[,;:—]\s/g

const endOfSentence = (text: string): number => {
  for (const match of text.matchAll(sentenceEnd)) {
    const end = match.index + match[0].length
    if (match[0].startsWith(".") && abbreviation.test(text.slice(0, match.index + 1))) continue
    return end
  }
  return -1
}

const endOfClause = (text: string): number => {
  for (const match of text.matchAll(clauseEnd)) {
    if (match.index >= firstClauseLengthMin) return match.index + match[0].length
  }
  return -1
}

const endOfTooLong = (text: string): number => {
  if (text.length <= lengthMax) return -1
  const space = text.lastIndexOf(" ", lengthMax)
  return space > 0 ? space + 1 : lengthMax
}

const speakable = /[\p{L}\p{N}]/u

/** Cuts a text that arrives in pieces into sentences to be spoken. One instance an answer. */
export const make = () => {
  let rest = ""
  let first = true

  const take = (): string | undefined => {
    let end = endOfSentence(rest)
    if (end < 0 && first) end = endOfClause(rest)
    if (end < 0) end = endOfTooLong(rest)
    if (end < 0) return undefined
    const sentence = rest.slice(0, end).trim()
    rest = rest.slice(end)
    return sentence
  }

  return {
    push: (delta: string): ReadonlyArray<string> => {
      rest += delta
      const sentences: Array<string> = []
      for (let sentence = take(); sentence !== undefined; sentence = take()) {
        if (!speakable.test(sentence)) continue
        first = false
        sentences.push(sentence)
      }
      return sentences
    },
    /** What is left when the model has finished. */
    flush: (): ReadonlyArray<string> => {
      const last = rest.trim()
      rest = ""
      return speakable.test(last) ? [last] : []
    },
  }
}
