import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import * as Sentences from "../../../src/agent/conversation/Sentences.ts"

const cut = (deltas: ReadonlyArray<string>): ReadonlyArray<string> => {
  const sentences = Sentences.make()
  return [...deltas.flatMap((delta) => sentences.push(delta)), ...sentences.flush()]
}
const wordByWord = (text: string): ReadonlyArray<string> => cut(text.split(/(?<=\s)/))

describe("sentences to be spoken", () => {
  it.each([
    { text: "One. Two! Three? Four", sentences: ["One.", "Two!", "Three?", "Four"] },
    { text: "Dr. Smith met Mrs. Jones. They talked.", sentences: ["Dr. Smith met Mrs. Jones.", "They talked."] },
    { text: "It costs 3.5 euros. Really.", sentences: ["It costs 3.5 euros.", "Really."] },
    { text: "Bring fruit, e.g. apples. Thanks.", sentences: ["Bring fruit, e.g. apples.", "Thanks."] },
    { text: 'He said "Stop." Then he left.', sentences: ['He said "Stop."', "Then he left."] },
    { text: "First line\nSecond line\n\nThird", sentences: ["First line", "Second line", "Third"] },
    { text: "Wait… What? Yes.", sentences: ["Wait…", "What?", "Yes."] },
    { text: "今日は。元気ですか？はい", sentences: ["今日は。", "元気ですか？", "はい"] },
    { text: "Well. ... ! 👍 Good.", sentences: ["Well.", "👍 Good."] },
    { text: " \n ", sentences: [] },
    { text: "... !", sentences: [] },
  ])("of '$text'", ({ sentences, text }) => {
    expect(wordByWord(text)).toEqual(sentences)
  })

  it("come as soon as the next one begins", () => {
    const sentences = Sentences.make()
    expect(sentences.push("It is noon.")).toEqual([])
    expect(sentences.push(" Enjoy")).toEqual(["It is noon."])
    expect(sentences.push(" it.")).toEqual([])
    expect(sentences.flush()).toEqual(["Enjoy it."])
    expect(sentences.flush()).toEqual([])
  })

  it("begin with a clause when the first one is long, and only the first one", () => {
    const long =
      "As far as I can remember from my books, nobody knew. As far as I can remember from all of yours, nobody did."
    expect(wordByWord(long)).toEqual([
      "As far as I can remember from my books,",
      "nobody knew.",
      "As far as I can remember from all of yours, nobody did.",
    ])
  })

  it("are not begun with a clause that is short", () => {
    expect(wordByWord("Well, that is so.")).toEqual(["Well, that is so."])
  })

  it("are bounded, also when the model never ends one", () => {
    const endless = cut(Array.from({ length: 500 }, (_, index) => `word${index} `))
    expect(endless.length).toBeGreaterThan(5)
    for (const sentence of endless) expect(sentence.length).toBeLessThanOrEqual(280)
    const unbroken = cut(["x".repeat(1_000)])
    expect(unbroken.map(({ length }) => length)).toEqual([280, 280, 280, 160])
  })
})

describe("whatever a model writes", () => {
  const word = fc
    .tuple(
      fc.stringMatching(/^[a-zA-ZäöüÉ0-9']{0,12}[a-z0-9]$/),
      fc.constantFrom("", "", "", ",", ".", "!", "?", ";", ":", "…", '."', ")"),
    )
    .map(([letters, mark]) => `${letters}${mark}`)
  const space = fc.constantFrom(" ", " ", " ", "  ", "\n", "\n\n", "\t")
  const text = fc
    .array(fc.tuple(word, space), { maxLength: 200 })
    .map((all) => all.map(([word, space]) => `${word}${space}`).join(""))
  /** The text in pieces of any size. */
  const deltas = fc
    .tuple(text, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }))
    .map(([text, sizes]) => {
      const pieces: Array<string> = []
      for (let at = 0, index = 0; at < text.length; index++) {
        const size = sizes[index % sizes.length] ?? 1
        pieces.push(text.slice(at, at + size))
        at += size
      }
      return pieces
    })

  it("nothing is lost and nothing is said twice", () => {
    fc.assert(
      fc.property(deltas, (pieces) => {
        expect(cut(pieces).join(" ").split(/\s+/)).toEqual(pieces.join("").trim().split(/\s+/))
      }),
    )
  })

  it("every sentence can be spoken, and is bounded", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 40 }), (pieces) => {
        for (const sentence of cut(pieces)) {
          expect(sentence).toMatch(/[\p{L}\p{N}]/u)
          expect(sentence).toBe(sentence.trim())
        }
      }),
    )
  })
})
