import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Metric, MetricState, Option, TestClock } from "effect"
import * as AnalyticsHook from "../../../src/agent/hooks/AnalyticsHook.ts"
import * as HookRegistry from "../../../src/agent/hooks/HookRegistry.ts"
import { Turn, TurnId } from "../../../src/domain/analytics/Turn.ts"
import { TurnRepository } from "../../../src/domain/analytics/TurnRepository.ts"
import { ConversationNotFound } from "../../../src/domain/conversation/Conversation.ts"
import { MessageId } from "../../../src/domain/conversation/Message.ts"
import { LifecycleHooks } from "../../../src/domain/hook/LifecycleHooks.ts"
import { StorageError } from "../../../src/domain/StorageError.ts"
import { at } from "../../support/Samples.ts"
import { context } from "../../support/Talk.ts"

const turn = new Turn({
  id: TurnId.make("00000000-0000-4000-8000-000000000009"),
  conversationId: context.conversation.id,
  answerId: MessageId.make("00000000-0000-4000-8000-00000000000a"),
  index: 0,
  startedAt: at(0),
  source: "speech",
  outcome: "interrupted",
  timings: {
    finalTranscript: Option.some(320),
    endpoint: Option.some(412),
    firstToken: Option.some(500),
    firstSentence: Option.some(700),
    firstAudio: Option.none(),
    playout: Option.none(),
  },
  speculative: false,
  deadAir: 2,
  recoveries: 0,
  speechToText: "scripted",
  languageModel: "scripted",
  textToSpeech: "scripted",
  inputTokens: 1,
  outputTokens: 2,
})

const ended = Effect.flatMap(LifecycleHooks, (hooks) =>
  hooks.run("onConversationTurn", (hook) => hook.onConversationTurn?.(context, turn)),
)
const live = (insert: typeof TurnRepository.Service.insert) =>
  AnalyticsHook.layer.pipe(
    Layer.provide(Layer.mock(TurnRepository, { insert })),
    Layer.provideMerge(HookRegistry.layer),
  )

/** The count of a counter, or of a histogram's values, by its name and tags. */
const countOf = (name: string, ...tags: ReadonlyArray<string>): Effect.Effect<number> =>
  Effect.map(Metric.snapshot, (all) => {
    const found = all.find(
      ({ metricKey }) =>
        metricKey.name === name &&
        tags.every((tag) => metricKey.tags.some(({ key, value }) => `${key}=${value}` === tag)),
    )
    if (found === undefined) return 0
    return MetricState.isCounterState(found.metricState)
      ? Number(found.metricState.count)
      : MetricState.isHistogramState(found.metricState)
        ? found.metricState.count
        : Number.NaN
  })
const counts = Effect.all([
  countOf("parley_turns_total", "outcome=interrupted"),
  countOf("parley_dead_air_total"),
  countOf("parley_turn_stage_milliseconds", "stage=endpoint"),
  countOf("parley_turn_stage_milliseconds", "stage=playout"),
])

describe("the hook that measures turns", () => {
  it.effect("stores each turn", () => {
    const stored: Array<Turn> = []
    return Effect.gen(function* () {
      yield* ended
      expect(stored).toEqual([turn])
    }).pipe(Effect.provide(live((turn) => Effect.sync(() => void stored.push(turn)))))
  })

  it.effect("counts outcomes, dead air, and the stages that were reached", () =>
    Effect.gen(function* () {
      const before = yield* counts
      yield* ended
      const after = yield* counts
      expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 2, 1, 0])
    }).pipe(Effect.provide(live(() => Effect.void))),
  )

  it.effect("waits for a store that is away, for as long as its own time", () => {
    let tries = 0
    const away = Effect.suspend(() => {
      tries++
      return Effect.fail(new StorageError({ operation: "TurnRepository.insert", cause: new Error("away") }))
    })
    return Effect.gen(function* () {
      const running = yield* Effect.fork(ended)
      yield* TestClock.adjust("19 seconds")
      expect(running.unsafePoll()).toBeNull()
      expect(tries).toBeGreaterThan(5)
      yield* TestClock.adjust("1 second")
      const [outcome] = yield* Fiber.join(running)
      expect(Option.map(outcome?.error ?? Option.none(), ({ detail }) => detail)).toEqual(Option.some("took too long"))
    }).pipe(Effect.provide(live(() => away)))
  })

  it.effect("does not ask again for a conversation that is not there", () => {
    let tries = 0
    const missing = Effect.suspend(() => {
      tries++
      return Effect.fail(new ConversationNotFound({ conversationId: context.conversation.id }))
    })
    return Effect.gen(function* () {
      const [outcome] = yield* ended
      expect(Option.isSome(outcome?.error ?? Option.none())).toBe(true)
      expect(tries).toBe(1)
    }).pipe(Effect.provide(live(() => missing)))
  })
})
