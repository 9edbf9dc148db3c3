import { Duration, Effect, Layer } from "effect"
import { ConversationRunner } from "../../src/agent/conversation/ConversationRunner.ts"
import { ConversationSettings, defaults } from "../../src/agent/conversation/ConversationSettings.ts"
import * as Runner from "../../src/agent/conversation/Runner.ts"
import * as HookRegistry from "../../src/agent/hooks/HookRegistry.ts"
import { newConversation } from "../../src/domain/conversation/NewConversation.ts"
import { LifecycleHooks } from "../../src/domain/hook/LifecycleHooks.ts"
import { Toolbox } from "../../src/domain/llm/Tool.ts"
import * as ScriptedVoiceActivityDetector from "../../src/providers/scripted/ScriptedVoiceActivityDetector.ts"
import type { LoadPlan } from "../load/LoadPlan.ts"
import { endSilenceMillis } from "../load/Script.ts"
import type { TurnMeter } from "../load/TurnMeter.ts"
import * as InstantProviders from "./InstantProviders.ts"
import * as Listener from "./Listener.ts"
import { somebody } from "./Somebody.ts"

/** A hook that takes every message as stored, so that the hooks' own path is part of what is measured. */
const hooks = Layer.scopedDiscard(
  Effect.flatMap(LifecycleHooks, (registry) =>
    registry.register({
      name: "bench",
      timeout: Duration.seconds(1),
      onFailure: "ignore",
      storesMessages: true,
      onMessageReceived: () => Effect.void,
      onConversationTurn: () => Effect.void,
    }),
  ),
).pipe(Layer.provideMerge(HookRegistry.layer))

const engine = (plan: LoadPlan, meter: TurnMeter) =>
  Runner.layer.pipe(
    Layer.provide([
      hooks,
      InstantProviders.speechToText(meter),
      InstantProviders.turnDetector,
      InstantProviders.languageModel,
      InstantProviders.textToSpeech,
      ScriptedVoiceActivityDetector.layer({ windowSamples: 512 }),
      Layer.succeed(Toolbox, { open: Effect.succeed([]) }),
      Layer.succeed(ConversationSettings, {
        ...defaults,
        greeting: "",
        hearing: { ...defaults.hearing, endSilenceMillis },
        endpointing: { delayMillisMin: 0, delayMillisMax: 0, speculative: plan.speculative },
      }),
    ]),
  )

/** One conversation of ours, held until the scope closes. */
export const open = Effect.fnUntraced(function* (plan: LoadPlan, meter: TurnMeter) {
  const user = yield* somebody
  const context = { ...(yield* newConversation(user)), fence: 0 }
  const { hear, transport } = yield* Listener.make({ handed: meter.voiced, sounds: () => {} })
  yield* Effect.flatMap(ConversationRunner, (runner) =>
    runner.run({ context, user, transport, before: undefined, ending: Effect.never }),
  ).pipe(
    Effect.provide(engine(plan, meter)),
    Effect.flatMap((reason) => Effect.dieMessage(`a conversation under load ended: ${reason}`)),
    Effect.forkScoped,
  )
  return { hear }
})
