import { Effect, Fiber, type ManagedRuntime, Option, Queue } from "effect"
import type { ParleyClient } from "../api/ParleyClient.ts"
import { type ConversationState, initialState, isActive } from "../conversation/ConversationState.ts"
import type { ConversationAction } from "../conversation/ConversationAction.ts"
import { reduceConversation } from "../conversation/reduceConversation.ts"
import { makeStore, type Store } from "../conversation/Store.ts"
import type { Command } from "./Command.ts"
import { type Levels, silence } from "./Levels.ts"
import { newMessageId } from "./newMessageId.ts"
import { loadRoomLine } from "./openLine.ts"
import { recall, remember, type Remembered } from "./Remembered.ts"
import { type Entry, voiceSession } from "./VoiceSession.ts"

/** A person cannot do more than this before the session has looked. */
const commandsMax = 64

export interface StartOptions {
  readonly deviceId: string | undefined
  /** The person agrees to be recorded. */
  readonly record: boolean
}

/** What the page does with a conversation. It outlives the talk page: a person can look at the history while talking. */
export interface VoiceController {
  readonly store: Store<ConversationState, ConversationAction>
  readonly levels: Levels
  /** Begins a conversation, or goes on with one that waits; does nothing while one is under way. */
  readonly start: (options: StartOptions) => void
  /** Begins a new conversation; one that waits is left to itself. */
  readonly startAnew: (options: StartOptions) => void
  /** As `start`, without a microphone. */
  readonly startTyping: (options: Pick<StartOptions, "record">) => void
  /** Comes back to the conversation that the window was in before the page was loaded again. */
  readonly comeBack: (options: Pick<StartOptions, "deviceId">) => void
  /** Loads what calls need, before one is made. */
  readonly prepareCalls: () => void
  readonly type: (text: string) => void
  /** Has the browser play the assistant's voice; only from the handler of a gesture. */
  readonly unlockSound: () => void
  readonly do: (command: Exclude<Command, { readonly _tag: "Text" }>) => void
}

type Microphone = { readonly deviceId: string | undefined } | undefined

export const makeVoiceController = (runtime: ManagedRuntime.ManagedRuntime<ParleyClient, never>): VoiceController => {
  const store = makeStore(reduceConversation, initialState)
  const levels: Levels = { person: silence, assistant: silence }
  const sound = { unlock: () => undefined as void }
  let commands = Effect.runSync(Queue.sliding<Command>(commandsMax))
  let running: Fiber.RuntimeFiber<void> | undefined
  let waiting = Option.getOrUndefined(Effect.runSync(recall))
  remember(store)

  const begin = (entry: Entry, microphone: Microphone) => {
    if (isActive(store.get())) return
    waiting = undefined
    // The one before has told its end, but may not have let go of its devices yet.
    const before = running
    commands = Effect.runSync(Queue.sliding<Command>(commandsMax))
    store.dispatch({
      _tag: "Started",
      step: microphone === undefined ? "server" : "microphone",
      ...(entry._tag === "Return" ? { conversationId: entry.conversationId, muted: entry.muted } : {}),
    })
    const session = voiceSession({ entry, microphone, commands, levels, sound, dispatch: store.dispatch })
    running = runtime.runFork(before === undefined ? session : Effect.zipRight(Fiber.interrupt(before), session))
  }

  const entryOf = (record: boolean): Entry =>
    waiting === undefined ? { _tag: "New", record } : { _tag: "Return", ...waiting }

  return {
    store,
    levels,
    start: ({ deviceId, record }) => begin(entryOf(record), { deviceId }),
    startAnew: ({ deviceId, record }) => begin({ _tag: "New", record }, { deviceId }),
    startTyping: ({ record }) => begin(entryOf(record), undefined),
    comeBack: ({ deviceId }) => {
      if (waiting === undefined) return
      if (returnsByItself(waiting)) return begin(entryOf(false), waiting.typing ? undefined : { deviceId })
      store.dispatch({ _tag: "Paused", conversationId: waiting.conversationId, over: waiting.over })
    },
    prepareCalls: () => Effect.runFork(Effect.ignore(loadRoomLine)),
    type: (text) => Queue.unsafeOffer(commands, { _tag: "Text", messageId: newMessageId(), text }),
    unlockSound: () => sound.unlock(),
    do: (command) => Queue.unsafeOffer(commands, command),
  }
}

/**
 * Sound over a socket needs a gesture, which a page that was just loaded has not had. A window that was never left is a copy
 * of one that may still talk: it must not take the conversation unasked.
 */
const returnsByItself = ({ leftAt, over }: Remembered): boolean => over === "livekit" && leftAt !== undefined
