import { describe, expect, it } from "@effect/vitest"
import { DateTime } from "effect"
import fc from "fast-check"
import * as SystemPrompt from "../../../src/agent/conversation/SystemPrompt.ts"

const values = { assistant: "Parley", person: "Ada", language: "en" }
const now = DateTime.unsafeMake("2026-11-25T12:34:00Z")

describe("a system prompt", () => {
  it.each([
    { template: "I am {assistant}.", prompt: "I am Parley." },
    { template: "{person}, {person}!", prompt: "Ada, Ada!" },
    { template: "Speak {language}.", prompt: "Speak en." },
    { template: "{nobody} {} {a b} {{person}}", prompt: "{nobody} {} {a b} {Ada}" },
    { template: "{toString} {constructor}", prompt: "{toString} {constructor}" },
    { template: "", prompt: "" },
  ])("'$template'", ({ prompt, template }) => {
    expect(SystemPrompt.make(template, values)(now)).toBe(prompt)
  })

  it("says the day and the time as people of the language do", () => {
    const english = SystemPrompt.make("{date} {time}", values)(now)
    const german = SystemPrompt.make("{date} {time}", { ...values, language: "de" })(now)
    expect(english).toMatch(/^\w+day, November 2\d, 2026 \d{1,2}:34\s[AP]M$/)
    expect(german).toMatch(/^\w+, 2\d\. November 2026 \d{2}:34$/)
  })

  it("takes values as they are, whatever is in them", () => {
    const name = fc.string({ maxLength: 20 })
    fc.assert(
      fc.property(name, name, (assistant, person) => {
        const prompt = SystemPrompt.make("{assistant}|{person}", { assistant, person, language: "en" })
        expect(prompt(now)).toBe(`${assistant}|${person}`)
      }),
    )
    const tricky = { ...values, person: "{assistant} $& $1" }
    expect(SystemPrompt.make("{person}", tricky)(now)).toBe("{assistant} $& $1")
  })
})
