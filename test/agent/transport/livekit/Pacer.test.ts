import { assert, describe, it } from "@effect/vitest"
import { defaultPolicy } from "../../../../src/agent/transport/livekit/LiveKitPolicy.ts"
import * as Pacer from "../../../../src/agent/transport/livekit/Pacer.ts"

const rate = 24_000
const frame = 240
const samples = (count: number, from = 1) => Int16Array.from({ length: count }, (_, index) => from + index)

const make = () => {
  const sent: Array<Int16Array> = []
  return { sent, pacer: Pacer.make(rate, defaultPolicy, (part) => void sent.push(part)) }
}

const loud = (sent: ReadonlyArray<Int16Array>) => sent.filter((part) => part.some((sample) => sample !== 0))

describe("Pacer", () => {
  it("cuts what it is given into 10 ms, whatever its length, and fills up the last with silence", () => {
    const { pacer, sent } = make()
    pacer.add(samples(100), 0)
    pacer.add(samples(300, 101), 0)
    for (let now = 0; pacer.tick(now); now += 10);
    assert.deepStrictEqual(sent[0], samples(frame))
    assert.deepStrictEqual(sent[1]?.slice(0, 160), samples(160, 241))
    assert.deepStrictEqual(sent[1]?.slice(160), new Int16Array(80))
    assert.strictEqual(pacer.sent(), 400, "silence does not count")
  })

  it("keeps real time over late ticks, with few frames at once", () => {
    const { pacer, sent } = make()
    let late = 0
    for (let now = 0; now <= 10_000; now += 7 + (now % 13)) {
      while (pacer.hasRoom(frame * 2)) pacer.add(samples(frame * 2), now)
      const before = sent.length
      pacer.tick(now)
      late = Math.max(late, Math.abs(sent.length - 1 - now / 10))
      assert.isAtMost(sent.length - before, defaultPolicy.lateFramesMax)
    }
    assert.isAtMost(late, 2, "within 20 ms of the clock, also after 10 s")
  })

  it("goes on from now after a stall, instead of hurrying through all of it", () => {
    const { pacer, sent } = make()
    for (let count = 0; count < 10; count++) pacer.add(samples(frame), 0)
    pacer.tick(0)
    pacer.tick(5_000)
    assert.strictEqual(sent.length, 1 + defaultPolicy.lateFramesMax)
  })

  it("ends a voice with a little silence, and then sends nothing", () => {
    const { pacer, sent } = make()
    pacer.add(samples(frame), 0)
    for (let now = 0; now < 1_000; now += 10) pacer.tick(now)
    assert.strictEqual(loud(sent).length, 1)
    assert.isAbove(sent.length, 1)
    assert.isAtMost(sent.length, 10)
  })

  it("takes in so much and no more, and forgets it when told", () => {
    const { pacer, sent } = make()
    let taken = 0
    for (; pacer.hasRoom(frame * 4); taken += 40) pacer.add(samples(frame * 4), 0)
    assert.strictEqual(taken, defaultPolicy.aheadMillisMax)
    pacer.tick(0)
    pacer.drop()
    for (let now = 0; now < 1_000; now += 10) pacer.tick(now)
    assert.strictEqual(loud(sent).length, 1)
    assert.strictEqual(pacer.sent(), frame)
  })

  it("is never ahead of the clock after a pause", () => {
    const { pacer, sent } = make()
    pacer.add(samples(frame), 0)
    pacer.tick(0)
    pacer.add(samples(frame * 3), 3)
    pacer.tick(3)
    assert.strictEqual(sent.length, 1)
    pacer.tick(10)
    assert.strictEqual(sent.length, 2)
  })
})
