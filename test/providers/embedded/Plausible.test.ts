import { assert, describe, it } from "@effect/vitest"
import { confidence, unwitnessed } from "../../../src/providers/embedded/Confidence.ts"
import { plausible } from "../../../src/providers/embedded/Plausible.ts"

describe("plausible", () => {
  it.each([
    ["keeps what a person can say", "I would like to book a table.", 2, "I would like to book a table."],
    ["keeps a person's own repeating", "No, no, no, no.", 2, "No, no, no, no."],
    ["folds a loop", `I went home ${"and then ".repeat(12)}`, 8, "I went home and then"],
    ["drops what nobody can say in the time", "thank you very much for watching this video", 0.6, ""],
    ["drops punctuation alone", " . ", 1, ""],
    ["answers nothing for nothing", "", 1, ""],
  ])("%s", (_, text, seconds, kept) => assert.strictEqual(plausible(text, seconds), kept))
})

describe("confidence", () => {
  it("grows with what the final confirms of the last partial", () => {
    const final = "ten of clubs please"
    assert.strictEqual(confidence("", "ten of"), 0)
    assert.strictEqual(confidence(final, ""), unwitnessed)
    assert.closeTo(confidence(final, "Ten of clu"), 0.95, 0.001)
    assert.closeTo(confidence(final, "When of clu"), 0.725, 0.001)
    assert.closeTo(confidence(final, "something else entirely"), 0.5, 0.001)
  })
})
