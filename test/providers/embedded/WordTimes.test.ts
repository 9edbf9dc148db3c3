import { assert, describe, it } from "@effect/vitest"
import { wordTimes } from "../../../src/providers/embedded/WordTimes.ts"

/** Each phone 100 ms long. */
const timed = (phones: string) => phones.split(" ").map((phone, index) => ({ phone, endSeconds: (index + 1) / 10 }))
const spoken = (phones: string, pronunciations: ReadonlyArray<string>) => ({
  samples: new Int16Array(0),
  sampleRate: 16_000,
  phones: timed(phones),
  pronunciations: pronunciations.map((piece) => piece.split(" ")),
})

describe("wordTimes", () => {
  it("finds words by their phones, though running text is said a little otherwise than words alone", () => {
    const parts = [
      { written: "The", spoken: "The" },
      { written: "👍", spoken: "" },
      { written: "5 km", spoken: "five kilometers" },
      { written: "end.", spoken: "end." },
    ]
    const audio = spoken("pau dh iy f ay v k m pau eh n d pau", [
      "pau dh ax pau",
      "pau f ay v k m pau",
      "pau eh n d pau",
    ])
    const marks = wordTimes(parts, audio, 1_000).map(({ word, startMillis, endMillis }) => [
      word,
      Math.round(startMillis),
      Math.round(endMillis),
    ])
    assert.deepStrictEqual(marks, [
      ["The", 1_100, 1_300],
      ["👍", 1_300, 1_300],
      ["5", 1_300, 1_467],
      ["km", 1_467, 1_800],
      ["end.", 1_900, 2_200],
    ])
  })
})
