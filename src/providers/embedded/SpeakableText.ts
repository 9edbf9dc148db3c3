import { clock, digitByDigit, money, number, ordinal, year } from "./SpokenNumber.ts"
import { abbreviations, plainLetters, signs, units } from "./SpokenSymbols.ts"

/** A part of a text between two spaces (or a few parts that are read as one) and how it is said. */
export interface SpeakablePart {
  /** As it is written, with its punctuation. */
  readonly written: string
  /** ASCII letters, apostrophes, spaces and the punctuation that a voice pauses at; empty when there is nothing to say. */
  readonly spoken: string
}

interface Rule {
  /** Sticky, tried in order where the text was read to. */
  readonly pattern: RegExp
  readonly say: (match: RegExpExecArray) => string
}

const unitPattern = Object.keys(units)
  .sort((a, b) => b.length - a.length)
  .map((unit) => unit.replaceAll("/", "\\/"))
  .join("|")
const amountPattern = "\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?"
const months =
  "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
const monthNames = "January February March April May June July August September October November December".split(" ")

/** "example dot com slash help"; the protocol and a query are left out, nobody wants to hear them. */
const address = (written: string): string =>
  written
    .replace(/^https?:\/\//i, "")
    .replace(/^www\./i, "")
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "")
    .replaceAll(".", " dot ")
    .replaceAll("/", " slash ")
    .replaceAll(/[-_]/g, " dash ")
    .replaceAll("@", " at ")
    .replaceAll(/\d+/g, (digits) => ` ${number(digits)} `)

const withUnit = (amount: string, unit: string): string => {
  const names = units[unit]
  return `${number(amount)} ${names === undefined ? unit : amount === "1" ? names[0] : names[1]}`
}

const plainWord = (word: string): string =>
  word
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll("’", "'")
    .replaceAll(/[^\p{ASCII}]/gu, (letter) => plainLetters[letter.toLowerCase()] ?? "")

const rule = (source: string, say: Rule["say"], flags = "yu"): Rule => ({ pattern: new RegExp(source, flags), say })

// Repetitions that may fail after a long way are bounded, so that no text takes longer than in proportion to its length.
const rules: ReadonlyArray<Rule> = [
  // Markdown: what is shown of a link or a picture is said, its address is not; what only marks a text up is not said.
  rule("!?\\[([^\\]\\n]{0,200})\\]\\([^)\\s]{0,2000}\\)", ([, label = ""]) => say(label)),
  rule("```\\w*|~~~\\w*", () => ""),
  rule("[a-z0-9.+_-]{1,64}@[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63}){1,5}", ([written]) => address(written), "yiu"),
  rule("(?:https?:\\/\\/|www\\.)[^\\s<>()]*[^\\s<>().,;:!?'\"]", ([written]) => address(written), "yiu"),
  rule(
    "[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63}){0,5}\\.(?:com|org|net|io|dev|ai|edu|gov)(?:\\/[^\\s<>(),]*)?(?![a-z0-9])",
    ([written]) => address(written),
    "yiu",
  ),
  // Numbers.
  rule(
    `([$€£¥₹])(${amountPattern})(?:\\s?(thousand|million|billion|trillion)\\b)?`,
    ([, symbol = "", amount = "", scale]) => money(symbol, amount, scale),
  ),
  rule(`(${amountPattern})\\s?([€£¥₹])`, ([, amount = "", symbol = ""]) => money(symbol, amount, undefined)),
  rule(
    "([01]?\\d|2[0-3]):([0-5]\\d)(?::[0-5]\\d)?(?:\\s?([ap])\\.?m\\b\\.?)?",
    ([, hours = "", minutes = "", half]) => clock(hours, minutes, half),
    "yiu",
  ),
  rule("(1[0-2]|[1-9])\\s?([ap])\\.?m\\b\\.?", ([, hours = "", half]) => clock(hours, "00", half), "yiu"),
  rule(
    `(${months})\\.? (\\d{1,2})(?:st|nd|rd|th)?(?:(,)? ((?:1[1-9]|20)\\d{2}))?(?![\\d:])`,
    ([, month = "", day = "", , inYear]) =>
      `${month} ${ordinal(day)}${inYear === undefined ? "" : `, ${year(inYear)}`}`,
  ),
  rule(
    "((?:1[1-9]|20)\\d{2})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])(?!\\d)",
    ([, inYear = "", month = "", day = ""]) =>
      `${monthNames[Number(month) - 1]} ${ordinal(String(Number(day)))}, ${year(inYear)}`,
  ),
  rule("\\d+(?:\\.\\d+){2,}", ([written]) => written.split(".").map(number).join(" point ")),
  rule("(\\d+)(?:st|nd|rd|th)\\b", ([, digits = ""]) => ordinal(digits), "yiu"),
  rule("((?:1[1-9]|20)\\d)0s\\b", ([, decade = ""]) => `${year(`${decade}0`)}s`.replace(/ys$/, "ies")),
  rule("\\+?\\d{1,4}(?:[ -]\\d{2,4}){2,4}(?!\\d)", ([written]) => digitByDigit(written.replaceAll(/\D/g, ""))),
  rule(
    `(${amountPattern})(?:-|\\s?–\\s?)(${amountPattern})(?=\\s?(${unitPattern})?(?![\\p{L}\\p{N}]))\\s?(?:${unitPattern})?(?![\\p{L}\\p{N}])`,
    ([, from = "", to = "", unit]) => `${number(from)} to ${unit === undefined ? number(to) : withUnit(to, unit)}`,
  ),
  rule(`([-−]?(?:${amountPattern}))\\s?(${unitPattern})(?![\\p{L}\\p{N}])`, ([, amount = "", unit = ""]) =>
    withUnit(amount, unit),
  ),
  rule(
    "(?<=\\b(?:in|since|of|by|until|from|year) )((?:1[1-9]|20)\\d{2})(?![\\d.,:]\\d|\\d)",
    ([, digits = ""]) => year(digits),
    "yiu",
  ),
  rule("(\\d+)\\/(\\d+)", ([, over = "", under = ""]) => `${number(over)} over ${number(under)}`),
  rule(`(?<![\\p{L}\\p{N}])[-−+]?(?:${amountPattern})`, ([written]) => number(written)),
  rule("\\d+", ([written]) => number(written)),
  // Words.
  rule(
    "(?<![\\p{L}])(e\\.g|i\\.e|mr|mrs|ms|dr|prof|etc|vs|approx)\\.(?=\\s|,|$)",
    ([written, short = ""]) => abbreviations[short.toLowerCase()] ?? written,
    "yiu",
  ),
  rule("\\p{Lu}(?:\\.\\p{Lu})+\\.?", ([written]) => plainWord(written).replaceAll(".", " ").trim()),
  rule("[\\p{L}\\p{M}]+(?:['’][\\p{L}\\p{M}]+)*", ([written]) => plainWord(written)),
  rule("(?<=\\b[A-G])[#♯]", () => "sharp"),
  // Punctuation that a voice pauses at.
  rule("\\.{2,}|…", () => "."),
  rule("[.,;:!?]", ([written]) => written),
  rule("--+|[—–]", () => ","),
  rule("[#>*+=|-]+(?=\\s)(?<=^[#>*+=|-]+|\\n[#>*+=|-]+)", () => ""),
  rule("[\\s\\S]", ([written]) => signs[written] ?? ""),
]

/** Reads one rule's worth of the text; the last rule takes any character. */
const step = (text: string, at: number): { readonly spoken: string; readonly end: number } => {
  for (const { pattern, say } of rules) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) continue
    // Before `say`: it may read another text by the same rules.
    const end = pattern.lastIndex
    return { spoken: say(match), end }
  }
  return { spoken: "", end: at + 1 }
}

/** Pauses alone are nothing to say. */
const tidy = (spoken: string): string => {
  if (!/[a-z]/i.test(spoken)) return ""
  return spoken
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ([.,;:!?])/g, "$1")
    .replaceAll(/([.,;:!?])[.,;:!?]+/g, "$1")
    .trim()
}

/** The parts of a text in their order, as they are said in English. Joining what is written with spaces gives the text, trimmed. */
export const speakable = (text: string): ReadonlyArray<SpeakablePart> => {
  const parts: Array<SpeakablePart> = []
  let start = 0
  let spoken = ""
  const close = (end: number) => {
    const written = text.slice(start, end).trim()
    const before = parts.at(-1)
    // A dash between two words is a pause after the first.
    if (written !== "" && spoken === "," && before !== undefined && /[a-z]$/.test(before.spoken)) {
      parts[parts.length - 1] = { ...before, spoken: `${before.spoken},` }
    }
    if (written !== "") parts.push({ written, spoken: tidy(spoken) })
    spoken = ""
  }
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text.charAt(at))) {
      close(at)
      at += 1
      start = at
      continue
    }
    const { spoken: said, end } = step(text, at)
    // Words that touch in writing ("and/or", "3D") are still words of their own.
    spoken += /^[.,;:!?]*$/.test(said) ? said : ` ${said}`
    at = end
  }
  close(text.length)
  return parts
}

/** The whole of a text as it is said; empty when there is nothing to say. */
export const say = (text: string): string =>
  tidy(
    speakable(text)
      .map((part) => part.spoken)
      .join(" "),
  )
