import { Duration, Effect, Layer, Metric, MetricBoundaries, Option } from "effect"
import type { Turn, TurnTimings } from "../../domain/analytics/Turn.ts"
import { TurnRepository } from "../../domain/analytics/TurnRepository.ts"
import { LifecycleHooks } from "../../domain/hook/LifecycleHooks.ts"
import { storing } from "./HookFailure.ts"

const name = "analytics"

const stageMillis = Metric.histogram(
  "parley_turn_stage_milliseconds",
  MetricBoundaries.fromIterable([50, 100, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000]),
  "Time from the person's last sound until a stage of the answer was reached",
)
const turns = Metric.counter("parley_turns_total", { description: "Turns by outcome", incremental: true })
const deadAir = Metric.counter("parley_dead_air_total", {
  description: "How often silence had to be filled while an answer was due",
  incremental: true,
})

const stages: ReadonlyArray<keyof TurnTimings> = [
  "finalTranscript",
  "endpoint",
  "firstToken",
  "firstSentence",
  "firstAudio",
  "playout",
]

const measure = Effect.fnUntraced(function* (turn: Turn) {
  for (const stage of stages) {
    const millis = turn.timings[stage]
    if (Option.isSome(millis)) yield* Metric.update(Metric.tagged(stageMillis, "stage", stage), millis.value)
  }
  yield* Metric.increment(Metric.tagged(turns, "outcome", turn.outcome))
  yield* Metric.incrementBy(deadAir, turn.deadAir)
})

/** Keeps the timings of every turn: a row in the store, and a histogram a stage. */
export const layer: Layer.Layer<never, never, LifecycleHooks | TurnRepository> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const hooks = yield* LifecycleHooks
    const repository = yield* TurnRepository
    yield* hooks.register({
      name,
      timeout: Duration.seconds(20),
      onFailure: "ignore",
      onConversationTurn: (_, turn) =>
        Effect.zipRight(measure(turn), storing(name, "onConversationTurn")(repository.insert(turn))),
    })
  }),
)
