import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, type Layer, Stream } from "effect"
import { ChatPart, type ChatRequest, LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import { Unavailable } from "../../../src/domain/speech/ProviderError.ts"
import { silence } from "../../../src/domain/speech/PcmFrame.ts"
import { SpeechToText } from "../../../src/domain/speech/SpeechToText.ts"
import { TextToSpeech } from "../../../src/domain/speech/TextToSpeech.ts"
import { VoiceActivityDetector } from "../../../src/domain/speech/VoiceActivityDetector.ts"
import * as Script from "../../../src/providers/scripted/Script.ts"
import * as ScriptedLanguageModel from "../../../src/providers/scripted/ScriptedLanguageModel.ts"
import * as ScriptedSpeechToText from "../../../src/providers/scripted/ScriptedSpeechToText.ts"
import * as ScriptedTextToSpeech from "../../../src/providers/scripted/ScriptedTextToSpeech.ts"
import * as ScriptedVoiceActivityDetector from "../../../src/providers/scripted/ScriptedVoiceActivityDetector.ts"
import { getVirtual } from "../../support/VirtualTime.ts"

const down = new Unavailable({ detail: "down" })
const request: ChatRequest = { messages: [], tools: [], outputTokensMax: 10 }

/** What came within so much time, each with when it came. */
const within = <A, E, R>(millis: number, stream: Stream.Stream<A, E, R>) =>
  Effect.gen(function* () {
    const events: Array<readonly [number, A]> = []
    const clock = yield* Effect.clock
    const begun = clock.unsafeCurrentTimeMillis()
    const fiber = yield* stream.pipe(
      Stream.runForEach((event) =>
        Effect.sync(() => void events.push([clock.unsafeCurrentTimeMillis() - begun, event] as const)),
      ),
      Effect.exit,
      Effect.fork,
    )
    yield* Effect.sleep(millis)
    const exit = fiber.unsafePoll()
    yield* Fiber.interrupt(fiber)
    return { events, ended: exit !== null, exit }
  })
const chat = Stream.unwrap(Effect.map(LanguageModel, (model) => model.chat(request)))
const run = <A, R>(effect: Effect.Effect<A, never, R>, layer: Layer.Layer<R>) =>
  getVirtual(Effect.provide(effect, layer))

describe("a script", () => {
  it.effect("that has run out is an error, never a default", () =>
    Effect.gen(function* () {
      const script = Script.list(["first"])
      expect(yield* Script.take(script, "chat")).toBe("first")
      const error = yield* Effect.flip(Script.take(script, "chat"))
      expect(error.message).toMatch(/the script has run out/)
      expect(error.isTransient).toBe(false)
    }),
  )
})

describe("a scripted model", () => {
  const tell = (scene: ScriptedLanguageModel.Scene, millis = 1_000) =>
    run(within(millis, chat), ScriptedLanguageModel.layer(Script.list([scene])))

  it("writes word by word, in time, and finishes", () => {
    const scene = ScriptedLanguageModel.says("one two three", { firstAfterMillis: 100, perWordMillis: 50 })
    const { ended, events } = tell(scene)
    expect(ended).toBe(true)
    expect(events.map(([at, part]) => [at, part._tag === "TextDelta" ? part.text : part._tag])).toEqual([
      [100, "one "],
      [150, "two "],
      [200, "three"],
      [250, "Finish"],
    ])
  })

  it("calls a tool", () => {
    const { events } = tell(ScriptedLanguageModel.callsTool("look", "{}", "id"))
    expect(events.map(([, part]) => part)).toEqual([
      ChatPart.ToolCallReady({ call: { id: "id", name: "look", arguments: "{}" } }),
      ChatPart.Finish({ reason: "tool-calls", inputTokens: 0, outputTokens: 0 }),
    ])
  })

  it("fails or stalls where it should", () => {
    const begun = { kind: "text", text: "Well" } as const
    const failed = tell([begun, { kind: "fail", reason: down }])
    expect(failed.events).toHaveLength(1)
    expect(String(failed.exit)).toMatch(/down/)
    const stalled = tell([begun, { kind: "stall" }], 100_000)
    expect(stalled.events).toHaveLength(1)
    expect(stalled.ended).toBe(false)
  })
})

describe("a scripted recogniser", () => {
  it("gives partials while it listens, and its final after the audio's end", () => {
    const scene: ScriptedSpeechToText.Scene = {
      partials: [
        { afterMillis: 100, text: "a" },
        { afterMillis: 300, text: "a b" },
        { afterMillis: 900, text: "too late" },
      ],
      finalAfterMillis: 50,
      end: { kind: "final", text: "a b c", confidence: 0.5 },
    }
    const audio = Stream.concat(
      Stream.make(silence(20, 16_000)),
      Stream.drain(Stream.fromEffect(Effect.sleep("500 millis"))),
    )
    const transcribe = Stream.unwrap(Effect.map(SpeechToText, (stt) => stt.transcribe(audio, { language: "en" })))
    const { events } = run(within(1_000, transcribe), ScriptedSpeechToText.layer(Script.list([scene])))
    expect(events.map(([at, { _tag, text }]) => [at, _tag, text])).toEqual([
      [100, "Partial", "a"],
      [300, "Partial", "a b"],
      [550, "Final", "a b c"],
    ])
  })
})

describe("a scripted voice", () => {
  const speak = (voice: Partial<Omit<ScriptedTextToSpeech.ScriptedVoice, "sampleOf">>, millis = 1_000) =>
    run(
      within(
        millis,
        Stream.unwrap(Effect.map(TextToSpeech, (tts) => tts.synthesize({ text: "one two three", language: "en" }))),
      ),
      ScriptedTextToSpeech.layer({ ...ScriptedTextToSpeech.plainVoice, sampleOf: (word) => word.length, ...voice }),
    )

  it("makes a chunk a word, with its place and its own value", () => {
    const { events } = speak({ makeMillis: 30, sampleRate: 8_000 })
    expect(events.map(([at]) => at)).toEqual([30, 60, 90])
    expect(events.map(([, { frame }]) => [frame.sampleRate, frame.samples.length, frame.samples[0]])).toEqual([
      [8_000, 800, 3],
      [8_000, 800, 3],
      [8_000, 800, 5],
    ])
    expect(events.flatMap(([, { words }]) => words)).toEqual([
      { word: "one", startMillis: 0, endMillis: 100 },
      { word: "two", startMillis: 100, endMillis: 200 },
      { word: "three", startMillis: 200, endMillis: 300 },
    ])
  })

  it("gets into trouble after so many words", () => {
    const failed = speak({ trouble: () => ({ afterWords: 2, trouble: { kind: "fail", reason: down } }) })
    expect(failed.events).toHaveLength(2)
    expect(String(failed.exit)).toMatch(/down/)
    const stalled = speak({ trouble: () => ({ afterWords: 0, trouble: { kind: "stall" } }) }, 60_000)
    expect(stalled.events).toHaveLength(0)
    expect(stalled.ended).toBe(false)
  })
})

describe("a scripted detector", () => {
  it.scoped("takes any sound for speech", () =>
    Effect.gen(function* () {
      const detector = yield* VoiceActivityDetector
      const session = yield* detector.open
      const frame = silence(20, 16_000)
      expect(yield* session.accept(frame)).toBe(0)
      const loud = { ...frame, samples: frame.samples.map((_, index) => (index === 7 ? 1 : 0)) }
      expect(yield* session.accept(loud)).toBe(1)
    }).pipe(Effect.provide(ScriptedVoiceActivityDetector.layer({ windowSamples: 320 }))),
  )
})
