import { describe, expect, it } from "@effect/vitest"
import fc from "fast-check"
import { isBackchannel, isSurelyMeant } from "../../../src/agent/conversation/Interruption.ts"

const heard = [
  { text: "mm-hm", backchannel: true, meant: false },
  { text: "Mm-hm.", backchannel: true, meant: false },
  { text: "Yeah, okay.", backchannel: true, meant: false },
  { text: "Uh-huh!", backchannel: true, meant: false },
  { text: "okay right sure", backchannel: false, meant: true },
  { text: "", backchannel: true, meant: false },
  { text: "…", backchannel: true, meant: false },
  { text: "- -", backchannel: true, meant: false },
  { text: "stop", backchannel: false, meant: false },
  { text: "okay stop", backchannel: false, meant: true },
  { text: "wait a minute", backchannel: false, meant: true },
  { text: "no", backchannel: false, meant: false },
  { text: "what about Tuesday?", backchannel: false, meant: true },
]

describe("words said while the assistant speaks", () => {
  it.each(heard)("'$text'", ({ backchannel, meant, text }) => {
    expect(isBackchannel(text)).toBe(backchannel)
    expect(isSurelyMeant(text)).toBe(meant)
  })

  it("are never both a sound of listening and surely meant", () => {
    const words = fc.array(fc.constantFrom("yeah", "okay", "mm", "stop", "no", "the", "right"), { maxLength: 6 })
    fc.assert(
      fc.property(words, (all) => {
        expect(isBackchannel(all.join(" ")) && isSurelyMeant(all.join(" "))).toBe(false)
      }),
    )
  })

  it("that are surely meant stay so, whatever follows", () => {
    const words = fc.array(fc.constantFrom("yeah", "okay", "mm", "stop", "no", "the"), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(words, words, (begun, more) => {
        fc.pre(isSurelyMeant(begun.join(" ")))
        expect(isSurelyMeant([...begun, ...more].join(" "))).toBe(true)
        expect(isBackchannel([...begun, ...more].join(" "))).toBe(false)
      }),
    )
  })
})
