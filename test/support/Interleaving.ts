import { Effect } from "effect"
import fc from "fast-check"
import type { LeaveReason } from "../../src/domain/conversation/Conversation.ts"
import { TransportInput } from "../../src/domain/media/VoiceTransport.ts"
import { Malformed, Unavailable } from "../../src/domain/speech/ProviderError.ts"
import type { Trouble } from "../../src/providers/scripted/Script.ts"
import type * as ScriptedLanguageModel from "../../src/providers/scripted/ScriptedLanguageModel.ts"
import type * as ScriptedSpeechToText from "../../src/providers/scripted/ScriptedSpeechToText.ts"
import type { Person } from "./Talk.ts"

/** One thing that a person does, then `thenMillis` of something else. */
export type Act =
  /** Types in the middle of speaking. */
  | { readonly kind: "speakAndType"; readonly millis: number; readonly thenMillis: number }
  | { readonly kind: "speak"; readonly millis: number; readonly thenMillis: number }
  | { readonly kind: "type"; readonly again: boolean; readonly thenMillis: number }
  | { readonly kind: "interrupt"; readonly thenMillis: number }
  /** Somebody else speaks from here on. */
  | { readonly kind: "turnTo"; readonly name: string; readonly thenMillis: number }
  | { readonly kind: "vanish"; readonly awayMillis: number; readonly thenMillis: number }

/** What the recogniser makes of one segment. */
export interface Hears {
  readonly what: "words" | "backchannel" | "nothing" | "fail" | "stall"
  readonly partials: number
  readonly partialMillis: number
  readonly finalAfterMillis: number
}

export interface Thinks {
  readonly sentences: ReadonlyArray<number>
  readonly firstAfterMillis: number
  readonly perWordMillis: number
  readonly tool: boolean
  readonly trouble: { readonly afterSentences: number; readonly trouble: Trouble } | undefined
}

export interface Interleaving {
  readonly acts: ReadonlyArray<Act>
  /** Stays silently until the assistant says goodbye, instead of leaving after the last act. */
  readonly stays: boolean
  /** Ended from outside after the last act, instead. */
  readonly endsFor: "drain" | "handover" | undefined
  /** So many messages were said while another worker held the conversation; undefined: none did. */
  readonly before: number | undefined
  readonly fillerMillis: number
  readonly hears: ReadonlyArray<Hears>
  readonly thinks: ReadonlyArray<Thinks>
  /** By the count of texts that went to the voice. */
  readonly voiceTrouble: ReadonlyArray<{ readonly afterWords: number; readonly trouble: Trouble } | undefined>
  readonly makeMillis: number
  readonly finished: ReadonlyArray<number>
  readonly toolMillis: number
  readonly hookMillis: number
  readonly hookFails: boolean
}

const trouble: fc.Arbitrary<Trouble> = fc.constantFrom<Trouble>(
  { kind: "stall" },
  { kind: "fail", reason: new Unavailable({ detail: "down" }) },
  { kind: "fail", reason: new Malformed({ detail: "garbage" }) },
)
const pause = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 900 }) },
  { weight: 3, arbitrary: fc.integer({ min: 900, max: 3_500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 3_500, max: 14_000 }) },
)
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("speak" as const),
      millis: fc.integer({ min: 30, max: 1_600 }),
      thenMillis: pause,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("type" as const), again: fc.boolean(), thenMillis: pause }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("interrupt" as const), thenMillis: pause }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("turnTo" as const),
      name: fc.constantFrom("Ada", "Bob"),
      thenMillis: fc.constantFrom(0, 0, 200),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("vanish" as const),
      awayMillis: fc.integer({ min: 10, max: 4_000 }),
      thenMillis: pause,
    }),
  },
)
const speakAndType = fc.record({
  kind: fc.constant("speakAndType" as const),
  millis: fc.integer({ min: 400, max: 1_600 }),
  thenMillis: pause,
})
const hears: fc.Arbitrary<Hears> = fc.record({
  what: fc.constantFrom("words", "words", "words", "words", "backchannel", "nothing", "fail", "stall"),
  partials: fc.integer({ min: 0, max: 3 }),
  partialMillis: fc.integer({ min: 50, max: 500 }),
  finalAfterMillis: fc.integer({ min: 0, max: 700 }),
})
const thinks: fc.Arbitrary<Thinks> = fc.record({
  sentences: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 0, maxLength: 4 }),
  firstAfterMillis: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 600, max: 9_000 })),
  perWordMillis: fc.constantFrom(0, 20, 60, 400),
  tool: fc.boolean(),
  trouble: fc.option(fc.record({ afterSentences: fc.integer({ min: 0, max: 2 }), trouble }), {
    nil: undefined,
    freq: 4,
  }),
})

export const interleaving: fc.Arbitrary<Interleaving> = fc.record({
  acts: fc.array(fc.oneof({ weight: 9, arbitrary: act }, { weight: 1, arbitrary: speakAndType }), {
    minLength: 1,
    maxLength: 9,
  }),
  stays: fc.constantFrom(false, false, true),
  endsFor: fc.constantFrom(undefined, undefined, undefined, "drain" as const, "handover" as const),
  before: fc.constantFrom(undefined, undefined, 0, 1, 2),
  fillerMillis: fc.constantFrom(1_500, 60_000),
  hears: fc.array(hears, { minLength: 3, maxLength: 12 }),
  thinks: fc.array(thinks, { minLength: 2, maxLength: 8 }),
  voiceTrouble: fc.array(
    fc.option(fc.record({ afterWords: fc.integer({ min: 0, max: 3 }), trouble }), { nil: undefined, freq: 7 }),
    { minLength: 1, maxLength: 6 },
  ),
  makeMillis: fc.constantFrom(0, 5, 30),
  finished: fc.array(fc.constantFrom(0, 0.3, 0.6, 0.95), { minLength: 1, maxLength: 5 }),
  toolMillis: fc.constantFrom(0, 300, 2_000, 30_000),
  hookMillis: fc.constantFrom(0, 0, 500, 900, 20_000),
  hookFails: fc.boolean(),
})

/** An endless script: the scenes over and over. */
const cycle = <A, B>(items: ReadonlyArray<A>, use: (item: A, index: number) => B) => {
  let index = 0
  return (): B | undefined => {
    const item = items[index % items.length]
    return item === undefined ? undefined : use(item, index++)
  }
}

export const hearsScript = (scenes: ReadonlyArray<Hears>) =>
  cycle(scenes, (scene, index): ScriptedSpeechToText.Scene => {
    const end = {
      words: { kind: "final", text: `question${index} please`, confidence: 0.9 },
      backchannel: { kind: "final", text: "mm-hm", confidence: 0.5 },
      nothing: { kind: "final", text: "", confidence: 0 },
      fail: { kind: "fail", reason: new Unavailable({ detail: "down" }) },
      stall: { kind: "stall" },
    } as const
    const guesses = scene.what === "words" ? ["partly", "partly this", "partly this and"] : ["mm", "mm", "mm"]
    return {
      partials: guesses
        .slice(0, scene.partials)
        .map((text, at) => ({ afterMillis: (at + 1) * scene.partialMillis, text })),
      finalAfterMillis: scene.finalAfterMillis,
      end: end[scene.what],
    }
  })

export const thinksScript = (scenes: ReadonlyArray<Thinks>) => {
  let toolDue = true
  return cycle(scenes, (scene, index): ScriptedLanguageModel.Scene => {
    const first = { kind: "wait", millis: scene.firstAfterMillis } as const
    if (scene.tool && toolDue) {
      toolDue = false
      return [
        first,
        { kind: "tool", id: `call${index}`, name: "look", arguments: "{}" },
        { kind: "finish", reason: "tool-calls" },
      ]
    }
    toolDue = true
    const sentences = scene.sentences.map((words, number) =>
      Array.from({ length: words }, (_, word) => `a${index}s${number}w${word}${word === words - 1 ? ". " : " "}`),
    )
    const said = scene.trouble === undefined ? sentences : sentences.slice(0, scene.trouble.afterSentences)
    return [
      first,
      ...said.flat().flatMap((text): ScriptedLanguageModel.Scene => [
        { kind: "text", text },
        { kind: "wait", millis: scene.perWordMillis },
      ]),
      scene.trouble?.trouble ?? { kind: "finish", reason: "stop" },
    ]
  })
}

const typedId = (count: number) => `00000000-0000-4000-8000-1${String(count).padStart(11, "0")}`

/** The spans in which the person spoke or was away, as they really were. */
export interface Spans {
  readonly spoken: Array<{ readonly from: number; readonly to: number }>
  readonly away: Array<{ readonly from: number; readonly to: number }>
  readonly typed: Array<string>
  someNamed: boolean
  endedFor: { readonly reason: LeaveReason; readonly at: number } | undefined
}

export const perform = (acts: ReadonlyArray<Act>, person: Person, now: () => number, spans: Spans) => {
  const type = (again: boolean) =>
    Effect.suspend(() => {
      if (!again || spans.typed.length === 0) spans.typed.push(typedId(spans.typed.length))
      return person.type(`typed${spans.typed.length}`, spans.typed[spans.typed.length - 1] ?? typedId(0))
    })
  const one = (act: Act): Effect.Effect<void> => {
    const from = now()
    switch (act.kind) {
      case "speak":
        return Effect.tap(person.speak(act.millis), () => Effect.sync(() => spans.spoken.push({ from, to: now() })))
      case "speakAndType": {
        const half = person.speak(act.millis / 2)
        return half.pipe(
          Effect.zipRight(type(false)),
          Effect.zipRight(half),
          Effect.tap(() => Effect.sync(() => spans.spoken.push({ from, to: now() }))),
        )
      }
      case "type":
        return type(act.again)
      case "interrupt":
        return person.do(TransportInput.Interrupt())
      case "turnTo":
        spans.someNamed = true
        return person.do(TransportInput.Speaker({ identity: act.name.toLowerCase(), name: act.name }))
      case "vanish":
        return person.do(TransportInput.Disconnected()).pipe(
          Effect.zipRight(Effect.sleep(act.awayMillis)),
          Effect.zipRight(person.do(TransportInput.Connected({ identity: "ada", name: "Ada" }))),
          Effect.tap(() => Effect.sync(() => spans.away.push({ from, to: now() }))),
        )
    }
  }
  return Effect.forEach(
    acts,
    (act) =>
      Effect.zipRight(
        Effect.suspend(() => one(act)),
        Effect.sleep(act.thenMillis),
      ),
    {
      discard: true,
    },
  )
}
