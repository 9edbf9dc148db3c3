import { Effect, Fiber, Layer, Option } from "effect"
import { ConversationRunner } from "../../src/agent/conversation/ConversationRunner.ts"
import { ConversationSettings, defaults } from "../../src/agent/conversation/ConversationSettings.ts"
import * as Runner from "../../src/agent/conversation/Runner.ts"
import * as HookRegistry from "../../src/agent/hooks/HookRegistry.ts"
import * as BuiltInTools from "../../src/agent/tools/BuiltInTools.ts"
import type { Turn } from "../../src/domain/analytics/Turn.ts"
import { newConversation } from "../../src/domain/conversation/NewConversation.ts"
import * as Listener from "../parley/Listener.ts"
import { somebody } from "../parley/Somebody.ts"
import type { Clip } from "./Clips.ts"
import { recite } from "./Recital.ts"
import type { Recited, Stages } from "./SpeechResult.ts"

/** The engine as `parley dev` has it, only that the person speaks first. */
export const layer = Runner.layer.pipe(
  Layer.provide([
    HookRegistry.layer,
    BuiltInTools.layer(),
    Layer.succeed(ConversationSettings, { ...defaults, greeting: "" }),
  ]),
)

const stagesOf = ({ startedAt, timings }: Turn, speechEndMillis: number): Stages => {
  const shift = startedAt.epochMillis - speechEndMillis
  const at = (stage: keyof Turn["timings"]) => Option.getOrNull(Option.map(timings[stage], (millis) => millis + shift))
  return {
    transcript: at("finalTranscript"),
    endpoint: at("endpoint"),
    firstToken: at("firstToken"),
    sentence: at("firstSentence"),
    voice: at("firstAudio"),
    playout: at("playout"),
  }
}

export const say = Effect.fnUntraced(function* (clip: Clip) {
  const runner = yield* ConversationRunner
  const turns: Array<Turn> = []
  const heard = yield* recite(clip, (observer) =>
    Effect.gen(function* () {
      const user = yield* somebody
      const context = { ...(yield* newConversation(user)), fence: 0 }
      const told: Listener.ListenerOptions["told"] = (event) =>
        void (event._tag === "TurnEnded" && turns.push(event.turn))
      const { hear, leave, transport } = yield* Listener.make({ ...observer, told })
      const conversation = yield* Effect.fork(
        runner.run({ context, user, transport, before: undefined, ending: Effect.never }),
      )
      // The turn is told when the conversation ends.
      yield* Effect.addFinalizer(() => Effect.zipRight(leave, Fiber.join(conversation)))
      return { hear }
    }),
  )
  const turn = turns.at(-1)
  const recited: Recited = {
    clip: clip.name,
    millis: heard.millis ?? null,
    cutIn: heard.cutIn,
    stages: turn === undefined ? null : stagesOf(turn, heard.speechEndMillis),
  }
  return recited
})
