import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"
import { defaultPolicy } from "../../../src/agent/recording/RecordingPolicy.ts"
import * as Tape from "../../../src/agent/recording/Tape.ts"
import { sounding } from "../../support/Flac.ts"

const start = 1_000_000
const voiceRate = 16_000

const make = (more: Partial<Tape.TapeOptions> = {}) =>
  Tape.make({ policy: defaultPolicy, startMillis: start, voiceSampleRate: voiceRate, heardBefore: 0, ...more })

const frame = (millis: number, value: number) => ({
  samples: new Int16Array(millis * 16).fill(value),
  sampleRate: 16_000,
})

/** Everything up to then, taken as a recorder does: as it becomes final, and the rest at the end. */
const play = (tape: Tape.Tape, untilMillis: number, each: (millis: number) => void, stepMillis = 20) => {
  const blocks: Array<Tape.Block> = []
  for (let millis = stepMillis; millis <= untilMillis; millis += stepMillis) {
    each(millis)
    for (let block = tape.next(start + millis); block !== undefined; block = tape.next(start + millis))
      blocks.push(block)
  }
  const end = start + untilMillis
  for (let block = tape.rest(end); block !== undefined; block = tape.rest(end)) blocks.push(block)
  const whole = (side: "left" | "right") => {
    const samples = new Int16Array(blocks.reduce((total, block) => total + block[side].length, 0))
    let offset = 0
    for (const block of blocks) {
      samples.set(block[side], offset)
      offset += block[side].length
    }
    return samples
  }
  return { left: whole("left"), right: whole("right") }
}

/** In milliseconds. */
const heardAt = (track: Int16Array) => sounding(track).map(([from, to]) => [from / 16, to / 16])

describe("Tape, the person", () => {
  it("keeps what comes in time where it came, and silence where nothing came", () => {
    const tape = make()
    const { left, right } = play(tape, 10_000, (millis) => {
      const speaks = (millis > 1_000 && millis <= 2_000) || (millis > 7_000 && millis <= 7_500)
      if (speaks) tape.person(frame(20, 500), start + millis)
    })
    assert.deepStrictEqual(heardAt(left), [
      [1_000, 2_000],
      [7_000, 7_500],
    ])
    assert.lengthOf(left, 160_000)
    assert.deepStrictEqual(sounding(right), [])
  })

  it("does not tear apart what comes unevenly", () => {
    const tape = make()
    let sent = 0
    const { left } = play(tape, 6_000, (millis) => {
      // Up to 180 ms late, several at once.
      const arrived = Math.floor(millis / 180) * 180
      for (; sent < Math.min(arrived, 5_000) / 20; sent++) tape.person(frame(20, sent + 1), start + millis)
    })
    assert.deepStrictEqual(sounding(left).length, 1)
    const order = left.filter((sample, index) => sample !== 0 && sample !== left[index - 1])
    assert.deepStrictEqual(
      [...order],
      Array.from({ length: sent }, (_, index) => index + 1),
    )
  })

  it("puts what a network held up where it belongs", () => {
    const tape = make()
    const { left } = play(tape, 8_000, (millis) => {
      if (millis <= 1_000 || millis > 3_500) tape.person(frame(20, 500), start + millis)
      // Two and a half seconds come at once.
      if (millis === 3_500) for (let count = 0; count < 125; count++) tape.person(frame(20, 700), start + millis)
    })
    assert.deepStrictEqual(heardAt(left), [[0, 8_000]])
    assert.deepStrictEqual(
      [left[16 * 1_000 - 1], left[16 * 1_000], left[16 * 3_500 - 1], left[16 * 3_500]],
      [500, 700, 700, 500],
    )
  })

  it("keeps all of what a network held up for longer than is waited for, and is in time again after some quiet", () => {
    const tape = make()
    const { left } = play(tape, 40_000, (millis) => {
      if (millis <= 1_000) tape.person(frame(20, 500), start + millis)
      if (millis === 11_000) for (let count = 0; count < 500; count++) tape.person(frame(20, 700), start + millis)
      if (millis > 11_000 && millis <= 30_000) tape.person(frame(20, 3), start + millis)
      if (millis > 30_000) tape.person(frame(20, 900), start + millis)
    })
    assert.strictEqual(left.filter((sample) => sample === 700).length, 10_000 * 16)
    const back = left.indexOf(900) / 16
    assert.isAtLeast(back, 30_000)
    assert.isAtMost(back, 30_000 + defaultPolicy.aheadMillisQuiet + 20)
    assert.lengthOf(left, Math.max(40_000 * 16, left.lastIndexOf(900) + 1))
  })

  it("stays with the time when the person's clock is fast or slow", () => {
    // Half a percent is far more than any sound card is off.
    for (const drift of [0.995, 1.005]) {
      const tape = make()
      let sent = 0
      const { left } = play(tape, 119_000, (millis) => {
        for (; sent * 20 <= millis * drift; sent++) {
          // Says something in the first second of every ten.
          const value = millis % 10_000 < 1_000 ? 900 : 1
          tape.person(frame(20, value), start + millis)
        }
      })
      const words = sounding(left, 1_600, 10).map(([from]) => from / 16)
      assert.lengthOf(words, 12)
      words.forEach((from, index) => {
        assert.approximately(from, index * 10_000, 260, `drift ${drift}, word ${index}`)
      })
    }
  })

  it("takes nothing beyond its length", () => {
    const tape = make({ policy: { ...defaultPolicy, lengthMax: Duration.seconds(6) } })
    const { left } = play(tape, 12_000, (millis) => tape.person(frame(20, 500), start + millis))
    assert.lengthOf(left, 6_000 * 16)
  })
})

/** A transport that plays in real time what it is given, up to 200 ms ahead. */
const makeVoice = (tape: Tape.Tape) => {
  let written = 0
  let heard = 0
  return {
    say: (value: number, millis: number) => {
      tape.assistantWrote(new Int16Array(millis * 16).fill(value))
      written += millis * 16
    },
    passed: (millis: number, now: number) => {
      heard = Math.min(written, heard + millis * 16)
      tape.assistantHeard(heard, start + now)
    },
    stop: (now: number) => {
      tape.assistantDropped(heard, start + now)
      written = heard
    },
    ahead: () => (written - heard) / 16,
  }
}

describe("Tape, the assistant", () => {
  it("has what was heard, when it was heard", () => {
    const tape = make()
    const voice = makeVoice(tape)
    const { left, right } = play(tape, 8_000, (millis) => {
      voice.passed(20, millis)
      if (millis >= 2_000 && millis < 4_000) while (voice.ahead() <= 100) voice.say(800, 100)
    })
    const [[from = 0, to = 0] = [], ...more] = heardAt(right)
    assert.deepStrictEqual(more, [])
    assert.approximately(from, 2_000, 20)
    assert.approximately(to - from, 2_200, 100)
    assert.deepStrictEqual(sounding(left), [])
  })

  it("has nothing of what was dropped", () => {
    const tape = make()
    const voice = makeVoice(tape)
    const { right } = play(tape, 6_000, (millis) => {
      voice.passed(20, millis)
      if (millis === 1_000) voice.say(800, 200)
      if (millis === 1_060) voice.stop(millis)
      if (millis === 3_000) voice.say(900, 200)
    })
    assert.strictEqual(right.filter((sample) => sample === 800).length, 60 * 16)
    assert.deepStrictEqual(
      heardAt(right).map(([from, to]) => [from, to]),
      [
        [1_000, 1_060],
        [3_000, 3_200],
      ],
    )
  })

  it("stands still while the person is away", () => {
    const tape = make()
    const voice = makeVoice(tape)
    const { right } = play(tape, 9_000, (millis) => {
      if (millis < 1_100 || millis > 5_000) voice.passed(20, millis)
      if (millis === 1_000) voice.say(800, 200)
    })
    assert.strictEqual(right.filter((sample) => sample === 800).length, 200 * 16)
    assert.deepStrictEqual(
      heardAt(right).map(([from]) => from),
      [1_000, 5_000],
    )
  })

  it("is not torn apart by a page that tells unevenly what was heard", () => {
    const tape = make()
    tape.assistantWrote(new Int16Array(3_000 * 16).fill(700))
    const { right } = play(tape, 5_000, (millis) => {
      const told = Math.floor(millis / 300) * 300
      tape.assistantHeard(Math.min(3_000, told) * 16, start + millis)
    })
    assert.deepStrictEqual(heardAt(right), [[0, 3_000]])
  })

  it("comes at the recording's rate, and begins with what is heard after the beginning", () => {
    const tape = make({ voiceSampleRate: 24_000, heardBefore: 4_800 })
    tape.assistantWrote(new Int16Array(24_000).fill(700))
    const { right } = play(tape, 2_000, (millis) => {
      tape.assistantHeard(4_800 + Math.min(1_000, millis) * 24, start + millis)
    })
    const [[from = 0, to = 0] = []] = heardAt(right)
    assert.approximately(from, 0, 5)
    assert.approximately(to, 1_000, 5)
    assert.strictEqual(right[8_000], 700)
  })
})
