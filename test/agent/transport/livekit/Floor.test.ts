import { assert, describe, it } from "@effect/vitest"
import * as Floor from "../../../../src/agent/transport/livekit/Floor.ts"
import { defaultPolicy } from "../../../../src/agent/transport/livekit/LiveKitPolicy.ts"

const frameMillis = 40
/** A frame of some loudness, 0 to 1; its first sample tells them apart. */
const frame = (level: number, mark = 0) => new Int16Array(640).fill(level * 32_768).with(0, mark)

const make = (...identities: ReadonlyArray<string>) => {
  const floor = Floor.make(defaultPolicy.floor)
  for (const identity of identities) floor.join(identity)
  return floor
}

/** Both speak for a while, frame by frame; whose frames were heard. */
const during = (floor: Floor.Floor, millis: number, levels: Readonly<Record<string, number>>) => {
  const heard: Array<string> = []
  for (let at = 0; at < millis; at += frameMillis) {
    for (const [identity, level] of Object.entries(levels)) {
      for (const _ of floor.take(identity, frame(level))) heard.push(identity)
    }
  }
  return new Set(heard)
}

describe("Floor", () => {
  it("hears the only one, also their silence", () => {
    const floor = make("ada")
    assert.strictEqual(floor.take("ada", frame(0)).length, 1)
    assert.strictEqual(floor.take("ada", frame(0.3)).length, 1)
  })

  it("hears nobody whom it does not know", () => {
    assert.deepStrictEqual(make("ada").take("bob", frame(0.3)), [])
  })

  it("gives the floor to who speaks up while the other is quiet, from before it noticed", () => {
    const floor = make("ada", "bob")
    during(floor, 1_000, { ada: 0.1, bob: 0 })
    assert.strictEqual(floor.holder(), "ada")
    during(floor, 800, { ada: 0, bob: 0 })
    const marks: Array<number> = []
    for (let mark = 1; mark <= 10; mark++) {
      floor.take("ada", frame(0))
      for (const heard of floor.take("bob", frame(mark < 5 ? 0.004 : 0.1, mark)))
        if (heard[0] !== 0) marks.push(heard[0] ?? 0)
    }
    assert.deepStrictEqual(marks.slice(-6), [5, 6, 7, 8, 9, 10], "no syllable is lost")
    assert.isAtMost(marks[0] ?? 0, 4, "nor what led to it")
    assert.strictEqual(new Set(marks).size, marks.length, "nothing is heard twice")
  })

  it("lets nobody cut in with the same loudness, nor by a cough", () => {
    const floor = make("ada", "bob")
    during(floor, 400, { ada: 0.1, bob: 0 })
    assert.deepStrictEqual(during(floor, 2_000, { ada: 0.1, bob: 0.12 }), new Set(["ada"]))
    during(floor, 800, { ada: 0, bob: 0 })
    assert.deepStrictEqual(during(floor, frameMillis, { ada: 0, bob: 0.3 }), new Set(["ada"]))
  })

  it("hears the pauses between words as the same speaker's", () => {
    const floor = make("ada", "bob")
    during(floor, 400, { ada: 0.1, bob: 0 })
    during(floor, 240, { ada: 0, bob: 0.008 })
    assert.strictEqual(floor.holder(), "ada")
  })

  it("gives the floor to who is much louder than a noisy room", () => {
    const floor = make("ada", "bob")
    during(floor, 1_000, { ada: 0.015, bob: 0 })
    assert.isTrue(during(floor, 600, { ada: 0.015, bob: 0.2 }).has("bob"))
    assert.strictEqual(floor.holder(), "bob")
  })

  it("passes on when who had it is gone", () => {
    const floor = make("ada", "bob")
    during(floor, 400, { ada: 0.1, bob: 0 })
    floor.leave("ada")
    assert.isAbove(floor.take("bob", frame(0)).length, 0)
  })
})
