import { toCardinal, toOrdinal } from "n2words/en-US"

/** No digits beyond this: a longer number is read digit by digit, as people read account numbers. */
const cardinalDigitsMax = 15

/** 0 to 999,999,999,999,999; words without hyphens, as a voice wants them. */
const cardinal = (digits: string): string => toCardinal(BigInt(digits)).replaceAll("-", " ")

export const digitByDigit = (digits: string): string =>
  [...digits].map((digit) => (digit === "0" ? "zero" : cardinal(digit))).join(" ")

/** `1,234.50` as "one thousand two hundred thirty four point five zero"; `-3` as "minus three"; `007` digit by digit. */
export const number = (written: string): string => {
  const [whole = "", fraction] = written
    .replaceAll(",", "")
    .replace(/^[-+−]/, "")
    .split(".")
  const sign = /^[-−]/.test(written) ? "minus " : ""
  const byDigit = whole.length > cardinalDigitsMax || (whole.length > 1 && whole.startsWith("0"))
  const spoken = byDigit ? digitByDigit(whole) : cardinal(whole === "" ? "0" : whole)
  return `${sign}${spoken}${fraction === undefined || fraction === "" ? "" : ` point ${digitByDigit(fraction)}`}`
}

/** "first", "twenty third"; 0 has none and stays a cardinal. */
export const ordinal = (digits: string): string =>
  Number(digits) === 0 || digits.length > cardinalDigitsMax
    ? number(digits)
    : toOrdinal(BigInt(digits)).replaceAll("-", " ")

/** Years are read in two halves: "nineteen eighty four", "twenty oh five"; 2000 to 2009 as numbers. */
export const year = (digits: string): string => {
  const value = Number(digits)
  const century = Math.floor(value / 100)
  const rest = value % 100
  if (value % 1000 < 10) return cardinal(digits)
  if (rest === 0) return `${cardinal(String(century))} hundred`
  return `${cardinal(String(century))} ${rest < 10 ? "oh " : ""}${cardinal(String(rest))}`
}

/** 24-hour or 12-hour; "three thirty p m", "nine oh five", "twelve o'clock", "zero hours". */
export const clock = (hours: string, minutes: string, half: string | undefined): string => {
  const suffix = half === undefined ? "" : half.toLowerCase().startsWith("a") ? " a m" : " p m"
  const hour = cardinal(hours)
  if (Number(minutes) === 0) {
    if (suffix !== "") return `${hour}${suffix}`
    return Number(hours) > 12 || Number(hours) === 0 ? `${hour} hundred` : `${hour} o'clock`
  }
  return `${hour} ${Number(minutes) < 10 ? "oh " : ""}${cardinal(String(Number(minutes)))}${suffix}`
}

interface Currency {
  readonly one: string
  readonly many: string
  readonly cent: string
  readonly cents: string
}
const currencies: Readonly<Record<string, Currency>> = {
  $: { one: "dollar", many: "dollars", cent: "cent", cents: "cents" },
  "€": { one: "euro", many: "euros", cent: "cent", cents: "cents" },
  "£": { one: "pound", many: "pounds", cent: "penny", cents: "pence" },
  "¥": { one: "yen", many: "yen", cent: "sen", cents: "sen" },
  "₹": { one: "rupee", many: "rupees", cent: "paisa", cents: "paise" },
}

/** `$3.50` as "three dollars and fifty cents"; with a scale ("million") the amount is read as one number. */
export const money = (symbol: string, amount: string, scale: string | undefined): string => {
  const currency = currencies[symbol]
  if (currency === undefined) return number(amount)
  if (scale !== undefined) return `${number(amount)} ${scale} ${currency.many}`
  const [whole = "0", fraction = ""] = amount.replaceAll(",", "").split(".")
  if (fraction.length !== 0 && fraction.length !== 2) return `${number(amount)} ${currency.many}`
  const units = `${number(whole)} ${Number(whole) === 1 ? currency.one : currency.many}`
  const cents = Number(fraction)
  const small = `${cardinal(String(cents))} ${cents === 1 ? currency.cent : currency.cents}`
  if (cents === 0) return units
  return Number(whole) === 0 ? small : `${units} and ${small}`
}
