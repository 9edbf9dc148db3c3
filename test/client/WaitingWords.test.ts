import { describe, expect, it } from "@effect/vitest"
import type { Waiting } from "../../src/client/conversation/ConversationState.ts"
import { estimateText, waitingHint, waitingWords } from "../../src/client/talk/WaitingWords.ts"

const waiting = (change: Partial<Waiting>): Waiting => ({
  _tag: "Waiting",
  position: undefined,
  estimateMillis: undefined,
  after: "start",
  ...change,
})

describe("waiting in words", () => {
  it("tells a wait as roughly as it is known", () => {
    const texts = [0, 44_000, 46_000, 89_000, 91_000, 150_000, 3_000_000, 4_400_000, 9_000_000].map(estimateText)
    expect(texts).toEqual([
      "less than a minute",
      "less than a minute",
      "about a minute",
      "about a minute",
      "about 2 minutes",
      "about 3 minutes",
      "about an hour",
      "about an hour",
      "more than an hour",
    ])
  })

  it("says where a person stands, and that they may leave", () => {
    expect(waitingWords(waiting({ position: 3 }))).toBe("You are number 3")
    expect(waitingWords(waiting({ position: 1 }))).toBe("You are next")
    expect(waitingHint(waiting({ position: 3, estimateMillis: 120_000 }))).toMatch(/^About 2 minutes\..*you may leave/)
    expect(waitingHint(waiting({ position: 3 }))).toMatch(/^Every assistant is talking just now\..*you may leave/)
  })

  it("says that an assistant was lost, and that another one comes", () => {
    const lost = waiting({ after: "lost" })
    expect(waitingWords(lost)).toBe("The assistant was lost")
    expect(waitingHint(lost)).toBe("Another one is coming. What was said is kept.")
    expect(waitingHint({ ...lost, position: 2, estimateMillis: 30_000 })).toBe(
      "Another one is coming: you are number 2, less than a minute. What was said is kept.",
    )
  })
})
