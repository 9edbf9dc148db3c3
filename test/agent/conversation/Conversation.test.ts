import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

describe("a turn", () => {
  it("hears, thinks, answers, and stores both sides", () => {
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([heard("What time is it?", 100)]),
          thinks: Script.list([says("It is noon. Enjoy your meal.")]),
        },
        (person) => Effect.zipRight(person.speak(1_000), Effect.sleep("10 seconds")),
      ),
    )
    expect(outcome.reason).toEqual(Exit.succeed("left"))
    expect(outcome.messages.map(({ content, role }) => [role, content])).toEqual([
      ["user", "What time is it?"],
      ["assistant", "It is noon. Enjoy your meal."],
    ])
  })
})
