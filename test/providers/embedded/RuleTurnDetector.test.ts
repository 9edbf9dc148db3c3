import { assert, describe, it } from "@effect/vitest"
import * as RuleTurnDetector from "../../../src/providers/embedded/RuleTurnDetector.ts"
import { turnDetectorContract } from "../../contract/TurnDetector.ts"

turnDetectorContract("rules", RuleTurnDetector.layer)

const bands = {
  certain: [0.95, 1],
  high: [0.85, 0.95],
  fair: [0.65, 0.85],
  middle: [0.4, 0.6],
  low: [0, 0.3],
} as const

const english: ReadonlyArray<[keyof typeof bands, string]> = [
  ["certain", "Yes."],
  ["certain", "yeah"],
  ["certain", "No"],
  ["certain", "OK"],
  ["certain", "stop"],
  ["certain", "Stop!"],
  ["certain", "Okay, thanks."],
  ["high", "What time is it?"],
  ["high", "Set a timer for two minutes."],
  ["high", "I live in Berlin."],
  ["high", 'He said "no way!"'],
  ["high", "What is that?"],
  ["high", "What are you waiting for?"],
  ["high", "My number is 0 3 0 1 2 3 4 5 6 7."],
  ["fair", "what time is it in new york"],
  ["fair", "He might have been made still more respectable than he was."],
  ["fair", "I would do it if I could."],
  ["fair", "That is all I came for."],
  ["low", "And then it was."],
  ["low", "I would like to go to the."],
  ["low", "tell me what it was"],
  ["fair", "can you hear me"],
  ["fair", "what is seventeen times twelve"],
  ["middle", "I live in Berlin"],
  ["middle", "tell me a joke"],
  ["low", "I would like to go to Berlin and"],
  ["low", "I would like to go to Berlin and."],
  ["low", "I was thinking, but"],
  ["low", "give me the"],
  ["low", "so um"],
  ["low", "Um."],
  ["low", "first we take Manhattan,"],
  ["low", "I wonder..."],
  ["low", "wait…"],
  ["low", "what is the"],
  ["low", "can you"],
  ["low", "my number is zero one seven"],
  ["low", "0 1 7"],
  ["low", "it is spelled p a r"],
  ["low", ""],
  ["low", " "],
]

describe("RuleTurnDetector", () => {
  for (const [band, text] of english) {
    it(`${band}: "${text}"`, () => {
      const [from, to] = bands[band]
      const likelihood = RuleTurnDetector.judge(text, "en-US")
      assert.isAtLeast(likelihood, from)
      assert.isAtMost(likelihood, to)
    })
  }

  const others: ReadonlyArray<[string, string, number]> = [
    ["de", "Wie spät ist es?", RuleTurnDetector.likelihood.finished],
    ["de", "und dann", RuleTurnDetector.likelihood.unclear],
    ["de", "Ich möchte, ", RuleTurnDetector.likelihood.openEnded],
    ["ja", "今何時ですか。", RuleTurnDetector.likelihood.finished],
    ["fr", "je voudrais the", RuleTurnDetector.likelihood.unclear],
  ]
  for (const [language, text, expected] of others) {
    it(`${language}: "${text}"`, () => assert.strictEqual(RuleTurnDetector.judge(text, language), expected))
  }
})
