const keyLengthMax = 512
/** File systems take 255 bytes; what is put next to a file has a longer name. */
const segmentLengthMax = 200
const segment = /^[A-Za-z0-9_.-]+$/

/** Whether a key is a path that every store of ours takes: letters, digits, `-`, `_`, `.` and `/`, without `..`. */
export const isObjectKey = (key: string): boolean =>
  key.length <= keyLengthMax &&
  key.split("/").every((part) => part.length <= segmentLengthMax && segment.test(part) && part !== "." && part !== "..")
