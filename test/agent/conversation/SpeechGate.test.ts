import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import * as SpeechGate from "../../../src/agent/conversation/SpeechGate.ts"

const { hearing } = defaults
const windowMillis = 20
const speech = (millis: number) => Array.from({ length: millis / windowMillis }, () => 1)
const silence = (millis: number) => Array.from({ length: millis / windowMillis }, () => 0)
/** Between the two thresholds. */
const doubt = (millis: number) => Array.from({ length: millis / windowMillis }, () => 0.4)

/** The changes, each with the time at the end of the window that brought it. */
const changesOf = (probabilities: ReadonlyArray<number>) => {
  const gate = SpeechGate.make(hearing, windowMillis)
  return probabilities.flatMap((probability, index) => {
    const change = gate.accept(probability)
    return change === undefined ? [] : [`${change} ${(index + 1) * windowMillis}`]
  })
}

describe("where speech begins and ends", () => {
  it.each([
    { what: "a click", heard: [...speech(40), ...silence(500)], changes: [] },
    { what: "two clicks", heard: [...speech(40), ...silence(20), ...speech(40), ...silence(500)], changes: [] },
    { what: "a cough", heard: [...speech(100), ...silence(500)], changes: ["started 60", "ended 320"] },
    {
      what: "a word",
      heard: [...silence(200), ...speech(400), ...silence(500)],
      changes: ["started 260", "confirmed 460", "ended 820"],
    },
    {
      what: "a word with a gap in it",
      heard: [...speech(200), ...silence(200), ...speech(200), ...silence(500)],
      changes: ["started 60", "confirmed 460", "ended 820"],
    },
    {
      what: "a voice that wavers",
      heard: [...speech(60), ...doubt(1_000), ...silence(500)],
      changes: ["started 60", "confirmed 260", "ended 1280"],
    },
    { what: "a hum that is never clear", heard: doubt(3_000), changes: [] },
    {
      what: "two words",
      heard: [...speech(300), ...silence(300), ...speech(300), ...silence(300)],
      changes: ["started 60", "confirmed 260", "ended 520", "started 660", "confirmed 860", "ended 1120"],
    },
  ])("of $what", ({ changes, heard }) => {
    expect(changesOf(heard)).toEqual(changes)
  })

  it("is closed by a reset, as if it had ended", () => {
    const gate = SpeechGate.make(hearing, windowMillis)
    for (const probability of speech(400)) gate.accept(probability)
    gate.reset()
    expect(silence(400).map(gate.accept)).toEqual(silence(400).map(() => undefined))
    expect(speech(60).map(gate.accept)).toEqual([undefined, undefined, "started"])
  })

  it("counts the silence at its end", () => {
    const gate = SpeechGate.make(hearing, windowMillis)
    for (const probability of [...speech(400), ...silence(160)]) gate.accept(probability)
    expect(gate.silenceMillis()).toBe(160)
  })
})

describe("whatever a detector says", () => {
  const probabilities = fc.array(fc.constantFrom(0, 0.2, 0.4, 0.6, 1), { maxLength: 400 })
  const run = (all: ReadonlyArray<number>) => {
    const gate = SpeechGate.make(hearing, windowMillis)
    return all.map((probability) => gate.accept(probability))
  }
  const windowsOf = (millis: number) => Math.ceil(millis / windowMillis)

  it("speech begins, is confirmed at most once, and ends, in this order", () => {
    fc.assert(
      fc.property(probabilities, (all) => {
        const changes = run(all).filter((change) => change !== undefined)
        expect(changes.join(" ")).toMatch(/^(started (confirmed )?ended ?)*(started( confirmed)?)?$/)
      }),
    )
  })

  it("it begins only after enough speech in a row, and ends only after enough silence in a row", () => {
    fc.assert(
      fc.property(probabilities, (all) => {
        run(all).forEach((change, index) => {
          if (change === "started") {
            const before = all.slice(index + 1 - windowsOf(hearing.startMillis), index + 1)
            expect(before).toHaveLength(windowsOf(hearing.startMillis))
            for (const probability of before) expect(probability).toBeGreaterThanOrEqual(hearing.startProbability)
          }
          if (change === "ended") {
            const before = all.slice(index + 1 - windowsOf(hearing.endSilenceMillis), index + 1)
            expect(before).toHaveLength(windowsOf(hearing.endSilenceMillis))
            for (const probability of before) expect(probability).toBeLessThan(hearing.endProbability)
          }
        })
      }),
    )
  })
})
