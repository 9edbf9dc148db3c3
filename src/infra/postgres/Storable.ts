/** Unicode's own sign for "a character that could not be represented". */
const replacement = "\uFFFD"

/**
 * PostgreSQL holds neither the character NUL nor half of a surrogate pair. A text that has one is kept, with the replacement
 * character in its place: one odd character is better than a lost message.
 */
export const storableText = (text: string): string => text.toWellFormed().replaceAll("\0", replacement)

const isPlain = (value: object) => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The same for every text and key within a JSON value. */
export const storableJson = (value: unknown): unknown => {
  if (typeof value === "string") return storableText(value)
  if (Array.isArray(value)) return value.map(storableJson)
  if (typeof value !== "object" || value === null || !isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storableText(key), storableJson(inner)]))
}
