import { BunRuntime } from "@effect/platform-bun"
import { Console, Effect, Layer, Schema } from "effect"
import { RecognitionEngine } from "../../src/providers/embedded/RecognitionEngine.ts"
import { SynthesisEngine } from "../../src/providers/embedded/SynthesisEngine.ts"
import * as EmbeddedSpeech from "../../src/providers/embedded/EmbeddedSpeech.ts"
import * as RulesModel from "../../src/providers/embedded/RulesModel.ts"
import * as RuleTurnDetector from "../../src/providers/embedded/RuleTurnDetector.ts"
import * as Clips from "./Clips.ts"
import { SpeechResult, SpeechSide } from "./SpeechResult.ts"

const Plan = Schema.Struct({ side: SpeechSide, cacheDir: Schema.NonEmptyString, warmUpClips: Schema.Int })

const parts = (cacheDir: string) =>
  Layer.mergeAll(EmbeddedSpeech.layer({ cacheDir }), RulesModel.layer(), RuleTurnDetector.layer)

const speaker = (side: SpeechSide) =>
  Effect.gen(function* () {
    if (side === "agent-session") {
      const { prepare, say } = yield* Effect.promise(() => import("./AgentSessionSide.ts"))
      yield* prepare
      return say
    }
    const { layer, say } = yield* Effect.promise(() => import("./ParleySide.ts"))
    return (clip: Clips.Clip) => Effect.provide(say(clip), layer)
  })

const run = Effect.fnUntraced(function* ({ side, warmUpClips }: typeof Plan.Type) {
  yield* Effect.flatMap(RecognitionEngine, ({ ready }) => ready)
  yield* Effect.flatMap(SynthesisEngine, ({ ready }) => ready)
  const { clips, origin } = yield* Clips.load
  const say = yield* speaker(side)
  yield* Effect.forEach(clips.slice(0, warmUpClips), say)
  const recited = yield* Effect.forEach(clips, say)
  yield* Effect.flatMap(
    Schema.encode(Schema.parseJson(SpeechResult))({ _tag: "SpeechResult", origin, recited }),
    Console.log,
  )
})

Schema.decodeUnknown(Schema.parseJson(Plan))(process.argv[2]).pipe(
  Effect.flatMap((plan) => Effect.provide(run(plan), parts(plan.cacheDir))),
  Effect.scoped,
  Effect.zipRight(Effect.sync(() => process.exit(0))),
  BunRuntime.runMain,
)
