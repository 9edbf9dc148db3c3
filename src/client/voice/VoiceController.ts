import { Effect, Fiber, Queue } from "effect"
import { type ConversationState, initialState, isActive } from "../conversation/ConversationState.ts"
import { type ConversationAction, reduceConversation } from "../conversation/reduceConversation.ts"
import { makeStore, type Store } from "../conversation/Store.ts"
import { type Levels, silence } from "./Levels.ts"
import { newMessageId } from "./newMessageId.ts"
import { type Command, voiceSession } from "./VoiceSession.ts"

/** A person cannot do more than this before the session has looked. */
const commandsMax = 64

/** What the page does with a conversation. It outlives the talk page: a person can look at the history while talking. */
export interface VoiceController {
  readonly store: Store<ConversationState, ConversationAction>
  readonly levels: Levels
  /** Begins a conversation; does nothing while one is under way. */
  readonly start: (options: { readonly voicePath: string; readonly deviceId?: string | undefined }) => void
  /** The same without a microphone. */
  readonly startTyping: (options: { readonly voicePath: string }) => void
  readonly type: (text: string) => void
  readonly do: (command: Exclude<Command, { readonly _tag: "Text" }>) => void
}

const voiceUrl = (path: string): URL => {
  const url = new URL(path, window.location.origin)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return url
}

export const makeVoiceController = (): VoiceController => {
  const store = makeStore(reduceConversation, initialState)
  const levels: Levels = { person: silence, assistant: silence }
  let commands = Effect.runSync(Queue.sliding<Command>(commandsMax))
  let running: Fiber.RuntimeFiber<void> | undefined

  const begin = (voicePath: string, microphone: { readonly deviceId: string | undefined } | undefined) => {
    if (isActive(store.get())) return
    // The one before has told its end, but may not have let go of its devices yet.
    const before = running
    commands = Effect.runSync(Queue.sliding<Command>(commandsMax))
    const session = voiceSession({
      voiceUrl: voiceUrl(voicePath),
      microphone,
      commands,
      levels,
      dispatch: store.dispatch,
    })
    running = Effect.runFork(before === undefined ? session : Effect.zipRight(Fiber.interrupt(before), session))
  }

  return {
    store,
    levels,
    start: ({ voicePath, deviceId }) => begin(voicePath, { deviceId }),
    startTyping: ({ voicePath }) => begin(voicePath, undefined),
    type: (text) => Queue.unsafeOffer(commands, { _tag: "Text", messageId: newMessageId(), text }),
    do: (command) => Queue.unsafeOffer(commands, command),
  }
}
