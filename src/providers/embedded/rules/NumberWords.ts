/**
 * Turns spoken English numbers into digits, word by word. General text libraries guess parts of speech and misread what people
 * say to an assistant ("ninety seconds" as 90/2, "ten minus three" as 13), so this knows numbers and nothing else.
 */
const small: Readonly<Record<string, number>> = Object.fromEntries(
  (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen " +
    "nineteen"
  )
    .split(" ")
    .map((word, value) => [word, value]),
)
const tens: Readonly<Record<string, number>> = Object.fromEntries(
  "twenty thirty forty fifty sixty seventy eighty ninety".split(" ").map((word, at) => [word, (at + 2) * 10]),
)
const scales: Readonly<Record<string, number>> = { thousand: 1_000, million: 1_000_000, billion: 1_000_000_000 }

/** A number while it is read. `open` says what may still be added to its end. */
interface Reading {
  readonly total: number
  readonly current: number
  readonly open: "nothing" | "unit" | "any"
}

const isNumber = (word: string | undefined): boolean =>
  word !== undefined &&
  (word in small || word in tens || word === "hundred" || word in scales || /^\d+(\.\d+)?$/.test(word))

/** The reading with this word in it; undefined: the word begins another number, or is none. */
const extend = (reading: Reading | undefined, word: string): Reading | undefined => {
  const value = small[word] ?? tens[word]
  if (value !== undefined) {
    const open = word in tens ? "unit" : "nothing"
    if (reading === undefined) return { total: 0, current: value, open }
    const fits = reading.open === "any" || (reading.open === "unit" && value > 0 && value < 10)
    return fits ? { ...reading, current: reading.current + value, open } : undefined
  }
  if (/^\d+(\.\d+)?$/.test(word))
    return reading === undefined ? { total: 0, current: Number(word), open: "nothing" } : undefined
  if (reading === undefined) return undefined
  if (word === "hundred" && reading.current < 100)
    return { ...reading, current: (reading.current || 1) * 100, open: "any" }
  const scale = scales[word]
  return scale === undefined
    ? undefined
    : { total: reading.total + (reading.current || 1) * scale, current: 0, open: "any" }
}

const valueOf = (reading: Reading): number => reading.total + reading.current
const digitsFrom = (words: ReadonlyArray<string>, start: number): string => {
  let digits = ""
  for (let at = start; ; at++) {
    const word = words[at]
    const value = word === undefined ? undefined : (small[word] ?? (/^\d$/.test(word) ? Number(word) : undefined))
    if (value === undefined || value > 9) return digits
    digits += String(value)
  }
}

/** The number at a place, and how many words it takes. */
const numberAt = (words: ReadonlyArray<string>, start: number): readonly [string, number] | undefined => {
  const first = words[start] ?? ""
  const implied =
    (first === "a" || first === "an") && (words[start + 1] === "hundred" || (words[start + 1] ?? "") in scales)
  let reading = implied ? { total: 0, current: 1, open: "nothing" as const } : extend(undefined, first)
  let at = start
  if (reading === undefined) {
    const decimals = first === "point" ? digitsFrom(words, start + 1) : ""
    return decimals === "" ? undefined : [`0.${decimals}`, 1 + decimals.length]
  }
  for (let last: Reading = reading; ; last = reading) {
    const skipsAnd = words[at + 1] === "and" && last.open === "any" && isNumber(words[at + 2])
    const next: Reading | undefined = extend(last, words[at + (skipsAnd ? 2 : 1)] ?? "")
    if (next === undefined) break
    at += skipsAnd ? 2 : 1
    reading = next
  }
  const decimals = words[at + 1] === "point" ? digitsFrom(words, at + 2) : ""
  if (decimals !== "") return [`${valueOf(reading)}.${decimals}`, at - start + 2 + decimals.length]
  const tail = words.slice(at + 1, at + 4).join(" ")
  if (tail === "and a half") return [String(valueOf(reading) + 0.5), at - start + 4]
  return [String(valueOf(reading)), at - start + 1]
}

/** `twenty-one and a half percent` -> `21.5 percent`. Takes lower-case text without punctuation. */
export const toDigits = (text: string): string => {
  const words = text
    .replaceAll(/([a-z])-(?=[a-z])/g, "$1 ")
    .split(/\s+/)
    .filter(Boolean)
  const written: Array<string> = []
  for (let at = 0; at < words.length;) {
    const found = numberAt(words, at)
    written.push(found === undefined ? (words[at] ?? "") : found[0])
    at += found === undefined ? 1 : found[1]
  }
  return written.join(" ")
}
