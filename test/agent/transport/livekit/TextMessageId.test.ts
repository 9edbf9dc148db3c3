import { assert, describe, it } from "@effect/vitest"
import * as TextMessageId from "../../../../src/agent/transport/livekit/TextMessageId.ts"

describe("the id of a typed message", () => {
  it("is the sender's, where it is one of ours", () => {
    const id = "0199aa70-0000-7000-8000-0000000000aa"
    assert.strictEqual(TextMessageId.of(id), id)
  })

  it("is made of any other, the same each time", () => {
    const made = TextMessageId.of("STR_abc")
    assert.strictEqual(TextMessageId.of("STR_abc"), made)
    assert.notStrictEqual(TextMessageId.of("STR_abd"), made)
    assert.match(made, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
