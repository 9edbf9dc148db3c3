import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { say, speakable } from "../../../src/providers/embedded/SpeakableText.ts"

const examples: ReadonlyArray<readonly [written: string, said: string]> = [
  ["**Hello** _there_, `code` is *fun*!", "Hello there, code is fun!"],
  ["# Heading", "Heading"],
  ["- item one", "item one"],
  ["| a | b |", "a b"],
  ["See [our site](https://x.y/z?a=1).", "See our site."],
  ["Look at https://www.example.com/help-me?x=1.", "Look at example dot com slash help dash me."],
  ["mail bob.smith@example.com now", "mail bob dot smith at example dot com now"],
  ["Great! 😀 ok", "Great! ok"],
  ["😀 🎉", ""],
  ["...", ""],
  ["日本語", ""],
  ["naïve café, Straße", "naive cafe, Strasse"],
  ["It's 3:30 pm, or 15:05, at 9:00.", "It's three thirty p m, or fifteen oh five, at nine o'clock."],
  ["10 a.m. sharp", "ten a m sharp"],
  ["$3.50 and $1,234", "three dollars and fifty cents and one thousand two hundred thirty four dollars"],
  ["€5, 10€ and £0.01", "five euros, ten euros and one penny"],
  ["$2.5 million", "two point five million dollars"],
  ["5 km, 1 kg, 20%, 60mph", "five kilometers, one kilogram, twenty percent, sixty miles an hour"],
  ["21.5 °C", "twenty one point five degrees celsius"],
  ["10-20 kg, 3–5 minutes", "ten to twenty kilograms, three to five minutes"],
  ["In 1984, in 2005, the 1990s", "In nineteen eighty four, in two thousand five, the nineteen nineties"],
  ["January 5th, 2024 and the 21st", "January fifth, twenty twenty four and the twenty first"],
  ["2024-05-06", "May sixth, twenty twenty four"],
  ["1,000,000; 007; 3.14; -4", "one million; zero zero seven; three point one four; minus four"],
  ["Version 2.0.1", "Version two point zero point one"],
  ["call 555 123 4567", "call five five five one two three four five six seven"],
  ["Dr. Smith vs. Mr. Jones, e.g. this", "doctor Smith versus mister Jones, for example this"],
  ["the U.S. and NASA", "the U S and NASA"],
  ["C++ & C#, and/or", "C plus plus and C sharp, and or"],
  ["yes — well… no.", "yes, well. no."],
  ["x = 5 + 3", "x equals five plus three"],
  ["I said no. Then left.", "I said no. Then left."],
  ["3D and B2B", "three D and B two B"],
]

describe("SpeakableText", () => {
  it.each(examples)("says %j as %j", (written, said) => assert.strictEqual(say(written), said))

  it("loses nothing that is written and says nothing that a voice cannot", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme", maxLength: 80 }), fc.string({ unit: "binary", maxLength: 80 }))
    fc.assert(
      fc.property(text, (written) => {
        const parts = speakable(written)
        const words = (value: string) => value.split(/\s+/).filter((word) => word !== "")
        assert.deepStrictEqual(
          parts.flatMap((part) => words(part.written)),
          words(written),
        )
        for (const { spoken } of parts) assert.match(spoken, /^[A-Za-z' .,;:!?]*$/)
      }),
      { numRuns: 500 },
    )
  })

  it("reads a long text in a time that grows with its length", () => {
    assert.isAbove(speakable("a1-".repeat(20_000)).length, 0)
    assert.isAbove(speakable("[".repeat(5_000)).length, 0)
  }, 2_000)
})
