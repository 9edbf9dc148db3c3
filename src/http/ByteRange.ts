/** A part of a body: from `start` up to and without `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const oneRange = /^bytes=(\d*)-(\d*)$/

/**
 * What a `Range` header asks for of so many bytes (RFC 9110, section 14.2). Undefined: all of it, as for anything that is not one
 * range of bytes.
 */
export const byteRange = (header: string | undefined, sizeBytes: number): ByteRange | "unsatisfiable" | undefined => {
  const [, first = "", last = ""] = oneRange.exec((header ?? "").trim().toLowerCase()) ?? []
  if (first === "" && last === "") return undefined
  if (first === "") {
    const length = Math.min(Number(last), sizeBytes)
    return length === 0 ? "unsatisfiable" : { start: sizeBytes - length, end: sizeBytes }
  }
  const start = Number(first)
  const end = last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  if (last !== "" && Number(last) < start) return undefined
  return start >= sizeBytes ? "unsatisfiable" : { start, end }
}
