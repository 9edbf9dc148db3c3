import { assert, describe, it } from "@effect/vitest"
import { byteRange } from "../../src/http/ByteRange.ts"

const cases: ReadonlyArray<readonly [header: string | undefined, expected: ReturnType<typeof byteRange>]> = [
  ["bytes=0-", { start: 0, end: 100 }],
  ["bytes=0-0", { start: 0, end: 1 }],
  ["bytes=10-19", { start: 10, end: 20 }],
  ["Bytes=90-1000", { start: 90, end: 100 }],
  ["bytes=99-", { start: 99, end: 100 }],
  ["bytes=-10", { start: 90, end: 100 }],
  ["bytes=-1000", { start: 0, end: 100 }],
  ["bytes=100-", "unsatisfiable"],
  ["bytes=100-200", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=99999999999999999999-", "unsatisfiable"],
  [undefined, undefined],
  ["", undefined],
  ["bytes=-", undefined],
  ["bytes=5-4", undefined],
  ["bytes=0-1,5-6", undefined],
  ["lines=0-1", undefined],
  ["bytes=a-b", undefined],
]

describe("byteRange", () => {
  for (const [header, expected] of cases) {
    it(`of 100 bytes, ${header ?? "no header"}`, () => assert.deepStrictEqual(byteRange(header, 100), expected))
  }

  it("of nothing, is nothing that can be had", () => {
    for (const header of ["bytes=0-", "bytes=-5"]) assert.strictEqual(byteRange(header, 0), "unsatisfiable")
  })
})
