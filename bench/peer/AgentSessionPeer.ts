import { initializeLogger, voice } from "@livekit/agents"
import { Effect } from "effect"
import type { LoadPlan } from "../load/LoadPlan.ts"
import type { TurnMeter } from "../load/TurnMeter.ts"
import { PushedInput, TimedOutput } from "./AgentAudio.ts"
import { NamedLlm, NamedStt, NamedTts, ScriptedAgent } from "./ScriptedAgent.ts"

/** Once a process, before the first session. */
export const prepare = Effect.sync(() => initializeLogger({ pretty: false, level: "warn" }))

/** One `AgentSession` of @livekit/agents without a room. */
export const open = (plan: LoadPlan, meter: TurnMeter) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const session = new voice.AgentSession({
        stt: new NamedStt(),
        llm: new NamedLlm(),
        tts: new NamedTts(),
        vad: null,
        turnHandling: {
          turnDetection: "stt",
          endpointing: { mode: "fixed", minDelay: 0, maxDelay: 0 },
          preemptiveGeneration: { enabled: plan.speculative },
        },
      })
      const input = new PushedInput()
      session.input.audio = input
      session.output.audio = new TimedOutput({ handed: meter.voiced, sounds: () => {} })
      await session.start({ agent: new ScriptedAgent(meter), record: false })
      return { session, hear: (samples: Int16Array) => input.push(samples) }
    }),
    ({ session }) => Effect.promise(() => session.close()),
  )
