import { Clock, Deferred, Effect, Queue } from "effect"
import type { ConversationAction } from "../conversation/ConversationAction.ts"
import type { Command } from "./Command.ts"
import type { Line } from "./Line.ts"
import type { MicrophoneSwitch } from "./MicrophoneSwitch.ts"
import type { Outbox } from "./Outbox.ts"

/** The line that carries the conversation now. */
export interface Holder {
  line: Line | undefined
  readonly outbox: Outbox
}

interface ObeyOptions {
  readonly commands: Queue.Dequeue<Command>
  readonly dispatch: (action: ConversationAction) => void
}

const type = (options: ObeyOptions, { line, outbox }: Holder, command: Extract<Command, { readonly _tag: "Text" }>) =>
  Effect.gen(function* () {
    const taken =
      line === undefined ? outbox.add(command.messageId, command.text) : line.text(command.messageId, command.text)
    if (taken) options.dispatch({ ...command, _tag: "Typed", at: yield* Clock.currentTimeMillis })
  })

/** Does the next thing that the person wants done; after `Leave` nothing follows. */
export const obey = (
  options: ObeyOptions,
  holder: Holder,
  microphone: MicrophoneSwitch,
  left: Deferred.Deferred<void>,
) =>
  Effect.gen(function* () {
    const command = yield* Queue.take(options.commands)
    switch (command._tag) {
      case "Mute":
        microphone.setMuted(command.muted)
        return options.dispatch({ _tag: "Muted", muted: command.muted })
      case "Text":
        return yield* type(options, holder, command)
      case "Interrupt":
        return holder.line?.interrupt()
      case "UseMicrophone":
        // Its failure has been told by the switch, and typing goes on.
        return yield* Effect.ignore(microphone.open(command.deviceId))
      case "Leave":
        options.dispatch({ _tag: "Left" })
        yield* microphone.close
        // Also when the next conversation is begun at once.
        yield* Effect.uninterruptible(holder.line?.leave ?? Effect.void)
        yield* Deferred.succeed(left, undefined)
    }
  })
