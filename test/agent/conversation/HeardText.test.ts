import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import * as HeardText from "../../../src/agent/conversation/HeardText.ts"

const rate = 8_000
const wordSamples = 800

interface Plan {
  readonly text: string
  readonly heard: number
  readonly marks?: ReadonlyArray<string>
  readonly samples?: number
  readonly complete?: boolean
}

/** A sentence whose words sound 100 ms each. */
const spoken = ({ complete = true, heard, marks, samples, text }: Plan): HeardText.SpokenSentence => {
  const words = text.split(/\s+/).filter((word) => word !== "")
  return {
    ...HeardText.sentence(text),
    marks: (marks ?? []).map((word, index) => ({ word, startMillis: index * 100, endMillis: (index + 1) * 100 })),
    samples: samples ?? words.length * wordSamples,
    complete,
    heard,
  }
}
const splitOne = (plan: Plan) => HeardText.split([spoken(plan)], rate)

const text = "Hello there, dear Ada!"
const marks = ["Hello", "there", "dear", "Ada"]

describe("what was heard of an answer", () => {
  it.each([
    { what: "nothing", plan: { text, marks, heard: 0 }, heard: "" },
    { what: "half a word is not heard", plan: { text, marks, heard: 799 }, heard: "" },
    { what: "a whole word is", plan: { text, marks, heard: 800 }, heard: "Hello" },
    { what: "and half of the next is not", plan: { text, marks, heard: 2_000 }, heard: "Hello there," },
    { what: "everything", plan: { text, marks, heard: 3_200 }, heard: text },
    { what: "everything, though a mark is missing", plan: { text, marks: ["Hello"], heard: 3_200 }, heard: text },
    {
      what: "no more than is marked so far, while it is being made",
      plan: { text, marks: ["Hello"], samples: 800, complete: false, heard: 800 },
      heard: "Hello",
    },
    {
      what: "by length, when there are no marks",
      plan: { text: "aaaa aaaa aaaa aaaa", heard: 1_700 },
      heard: "aaaa aaaa",
    },
    {
      what: "by length, when the marks are of other words than written",
      plan: { text: "aaaa 15% aaaa", marks: ["aaaa", "fifteen", "percent"], heard: 100 },
      heard: "",
    },
    {
      what: "by the speed of a usual voice, while it is being made without marks",
      plan: { text: "fifteen letters", samples: 4_000, complete: false, heard: 4_000 },
      heard: "fifteen",
    },
  ])("$what", ({ heard, plan }) => {
    expect(splitOne(plan).heard).toBe(heard)
  })

  it("goes over sentences, and skips one that never sounded", () => {
    const sentences = [
      spoken({ text: "One two.", heard: 1_600 }),
      spoken({ text: "Three four.", heard: 0, samples: 0, complete: false }),
      spoken({ text: "Five six.", marks: ["Five", "six"], heard: 800 }),
      spoken({ text: "Seven.", heard: 0 }),
    ]
    expect(HeardText.split(sentences, rate)).toEqual({
      heard: "One two. Five",
      unheard: "Three four. six. Seven.",
    })
  })
})

describe("whatever was heard of whatever was said", () => {
  const words = fc.array(fc.stringMatching(/^[a-zA-Z]{1,10}[.,!]?$/), { minLength: 1, maxLength: 12 })
  interface Sentence {
    readonly words: ReadonlyArray<string>
    readonly marked: boolean
    readonly complete: boolean
    readonly share: number
  }
  const sentence: fc.Arbitrary<Sentence> = fc.record({
    words,
    marked: fc.boolean(),
    complete: fc.boolean(),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  const make = (plan: Sentence, share = plan.share) =>
    spoken({
      text: plan.words.join(" "),
      complete: plan.complete,
      heard: Math.floor(share * plan.words.length * wordSamples),
      ...(plan.marked ? { marks: plan.words } : {}),
    })
  const tokens = (text: string) => text.split(" ").filter((token) => token !== "")

  it("heard and unheard words together are all words", () => {
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 6 }), (plans) => {
        const { heard, unheard } = HeardText.split(
          plans.map((plan) => make(plan)),
          rate,
        )
        const all = plans.flatMap((plan) => plan.words)
        expect([...tokens(heard), ...tokens(unheard)].sort()).toEqual([...all].sort())
      }),
    )
  })

  it("hearing more never makes it fewer words", () => {
    fc.assert(
      fc.property(sentence, fc.double({ min: 0, max: 1, noNaN: true }), (plan, other) => {
        const less = HeardText.split([make(plan, Math.min(plan.share, other))], rate)
        const more = HeardText.split([make(plan, Math.max(plan.share, other))], rate)
        expect(more.heard.startsWith(less.heard)).toBe(true)
        expect(less.unheard.endsWith(more.unheard)).toBe(true)
      }),
    )
  })

  it("what was made and heard whole is all heard", () => {
    fc.assert(
      fc.property(sentence, (plan) => {
        const { heard, unheard } = HeardText.split([make({ ...plan, complete: true }, 1)], rate)
        expect(heard).toBe(plan.words.join(" "))
        expect(unheard).toBe("")
      }),
    )
  })
})
