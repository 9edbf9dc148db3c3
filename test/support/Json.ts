import { FastCheck } from "effect"
import type { JsonObject } from "../../src/domain/JsonObject.ts"

/**
 * Any JSON object, odd characters in keys and texts included. Only the key `__proto__` is left out: a `Schema.Record` assigns it,
 * which in JavaScript sets the prototype and stores nothing.
 */
export const jsonObject: FastCheck.Arbitrary<JsonObject> = FastCheck.dictionary(
  FastCheck.fullUnicodeString({ maxLength: 12 }).filter((key) => key !== "__proto__"),
  FastCheck.jsonValue({ maxDepth: 3 }),
  { maxKeys: 5 },
)

/** Text as no database of ours can hold it, too: NUL, and halves of surrogate pairs. */
export const anyText = FastCheck.stringOf(
  FastCheck.oneof(FastCheck.fullUnicode(), FastCheck.constantFrom("\0", "\uD800", "\uDFFF", "'", "\\", "\n")),
  { maxLength: 300 },
)

/** What becomes of such a text: nothing is lost, what cannot be kept is Unicode's replacement character. */
export const kept = (text: string): string =>
  [...text].map((char) => (char === "\0" || /^[\uD800-\uDFFF]$/.test(char) ? "\uFFFD" : char)).join("")

/** The same of every text in a value, and what JSON makes of the rest: absent instead of undefined, 0 instead of -0. */
export const keptJson = (value: unknown): unknown => {
  if (typeof value === "string") return kept(value)
  if (Array.isArray(value)) return value.map(keptJson)
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value
  const present = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(present.map(([key, inner]) => [kept(key), keptJson(inner)]))
}
