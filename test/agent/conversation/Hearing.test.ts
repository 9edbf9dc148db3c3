import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Stream } from "effect"
import type { PcmFrame } from "../../../src/domain/speech/PcmFrame.ts"
import { SpeechToText, TranscriptEvent } from "../../../src/domain/speech/SpeechToText.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import { says } from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import { heard } from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import { eventsOf, linesOf } from "../../support/Listener.ts"
import { talk } from "../../support/Talk.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

/** A recogniser that keeps what it is given, one list of samples a segment. */
const keeping = (segments: Array<Array<number>>) =>
  Layer.succeed(SpeechToText, {
    name: "keeping",
    transcribe: (audio) => {
      const samples: Array<number> = []
      segments.push(samples)
      return Stream.concat(
        Stream.drain(Stream.tap(audio, (frame: PcmFrame) => Effect.sync(() => void samples.push(...frame.samples)))),
        Stream.make(TranscriptEvent.Final({ text: `segment ${segments.length}`, confidence: 1 })),
      )
    },
  })
const isLoud = (sample: number) => sample !== 0
const millisOf = (samples: number) => samples / 16

describe("what the recogniser gets", () => {
  it("begins before the speech and holds all of it", () => {
    const segments: Array<Array<number>> = []
    getVirtual(
      talk({ instead: keeping(segments), thinks: Script.list([says("Yes.")]) }, (person) =>
        Effect.sleep("1 second").pipe(Effect.zipRight(person.speak(1_000)), Effect.zipRight(Effect.sleep("3 seconds"))),
      ),
    )
    expect(segments).toHaveLength(1)
    const [samples = []] = segments
    expect(millisOf(samples.findIndex(isLoud))).toBe(320)
    expect(millisOf(samples.filter(isLoud).length)).toBe(1_000)
    expect(millisOf(samples.length - samples.findLastIndex(isLoud) - 1)).toBe(220)
  })

  it("holds no word twice when somebody pauses only just long enough", () => {
    const segments: Array<Array<number>> = []
    getVirtual(
      talk({ instead: keeping(segments), thinks: Script.list([says("Yes.")]) }, (person) =>
        person
          .speak(400)
          .pipe(
            Effect.zipRight(Effect.sleep("260 millis")),
            Effect.zipRight(person.speak(600)),
            Effect.zipRight(Effect.sleep("3 seconds")),
          ),
      ),
    )
    expect(segments.map((samples) => millisOf(samples.filter(isLoud).length))).toEqual([400, 600])
  })

  it("is cut into segments when somebody speaks for long, without losing a sample, and is one message", () => {
    const segments: Array<Array<number>> = []
    const outcome = getVirtual(
      talk({ instead: keeping(segments), thinks: Script.list([says("That was long.")]) }, (person) =>
        Effect.zipRight(person.speak(60_000), Effect.sleep("5 seconds")),
      ),
    )
    expect(segments).toHaveLength(3)
    expect(millisOf(segments.flat().filter(isLoud).length)).toBe(60_000)
    expect(linesOf(outcome)).toEqual([
      ["user", "segment 1 segment 2 segment 3"],
      ["assistant", "That was long."],
    ])
  })

  it("ends when the microphone goes away in mid-word, and what was said counts", () => {
    const outcome = getVirtual(
      talk({ hears: Script.list([heard("Can you hear")]), thinks: Script.list([says("Go on.")]) }, (person) =>
        Effect.fork(person.speak(5_000)).pipe(
          Effect.zipRight(Effect.sleep("1 second")),
          Effect.zipRight(person.unplug),
          Effect.zipRight(Effect.sleep("6 seconds")),
        ),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "Can you hear"],
      ["assistant", "Go on."],
    ])
  })

  it("is nothing for a click that is shorter than speech", () => {
    const segments: Array<Array<number>> = []
    getVirtual(
      talk({ instead: keeping(segments) }, (person) => Effect.zipRight(person.speak(40), Effect.sleep("2 seconds"))),
    )
    expect(segments).toHaveLength(0)
  })
})

describe("what the person sees of their words", () => {
  it("grows while they speak, under one id, and becomes the stored message", () => {
    const partials = [
      { afterMillis: 300, text: "turn" },
      { afterMillis: 600, text: "turn on the" },
    ]
    const outcome = getVirtual(
      talk(
        {
          hears: Script.list([{ ...heard("Turn on the light.", 50), partials }]),
          thinks: Script.list([says("Done.")]),
        },
        (person) => Effect.zipRight(person.speak(1_000), Effect.sleep("3 seconds")),
      ),
    )
    const shown = eventsOf(outcome, "UserTranscript")
    expect([...new Set(shown.map(({ final, text }) => `${text} ${final}`))]).toEqual([
      "turn false",
      "turn on the false",
      "Turn on the light. false",
      "Turn on the light. true",
    ])
    expect(new Set(shown.map(({ messageId }) => messageId))).toEqual(new Set([outcome.messages[0]?.id]))
    expect(outcome.messages[0]?.metadata).toEqual({ source: "speech", confidence: 1 })
    // The detector needs 60 ms to be sure of the speech; partials count from there.
    expect(shown[0]?.at).toBeLessThanOrEqual(300 + 60)
  })

  it("is taken back when it was no speech", () => {
    const cough = { ...heard(""), partials: [{ afterMillis: 100, text: "huh" }] }
    const outcome = getVirtual(
      talk({ hears: Script.list([cough]) }, (person) => Effect.zipRight(person.speak(500), Effect.sleep("3 seconds"))),
    )
    expect(eventsOf(outcome, "UserTranscript").map(({ final, text }) => [text, final])).toEqual([
      ["huh", false],
      ["", true],
    ])
    expect(outcome.messages).toEqual([])
    expect(outcome.requests).toEqual([])
  })

  it("is timed from the last sound when the recogniser is done before the person is", () => {
    const early = Layer.succeed(SpeechToText, {
      name: "early",
      transcribe: () =>
        Stream.fromEffect(Effect.as(Effect.sleep(300), TranscriptEvent.Final({ text: "Hello.", confidence: 1 }))),
    })
    const outcome = getVirtual(
      talk({ instead: early, thinks: Script.list([says("Hello, Ada.")]) }, (person) =>
        Effect.zipRight(person.speak(1_000), Effect.sleep("3 seconds")),
      ),
    )
    expect(linesOf(outcome)).toEqual([
      ["user", "Hello."],
      ["assistant", "Hello, Ada."],
    ])
    const endpoint = outcome.turns[0]?.timings.endpoint ?? Option.none()
    expect(Option.getOrThrow(endpoint)).toBeCloseTo(412, -2)
  })
})
