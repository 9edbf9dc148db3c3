import { DateTime, Effect, Layer } from "effect"
import { ConversationControl } from "../../domain/conversation/ConversationControl.ts"
import { Toolbox } from "../../domain/llm/Tool.ts"
import * as CalculatorTool from "./CalculatorTool.ts"
import * as ClockTool from "./ClockTool.ts"
import * as EndConversationTool from "./EndConversationTool.ts"
import * as TimerTool from "./TimerTool.ts"

export interface BuiltInToolsOptions {
  /** IANA name of the time zone that "here" is in. Default: this machine's. */
  readonly timeZone?: string
}

/** What every assistant can do: tell the time, count, set timers, and end the conversation. */
export const layer = ({ timeZone = DateTime.zoneToString(DateTime.zoneMakeLocal()) }: BuiltInToolsOptions = {}) =>
  Layer.succeed(Toolbox, {
    open: Effect.gen(function* () {
      const control = yield* ConversationControl
      const timer = yield* TimerTool.make(control)
      return [ClockTool.make(timeZone), timer, CalculatorTool.make, EndConversationTool.make(control)]
    }),
  })
