import type { ServerMessage, ServerProblem } from "../../domain/media/VoiceProtocol.ts"
import type { ConversationAction } from "./ConversationAction.ts"
import { type ConversationState, initialState, isActive, type Phase, type Waiting } from "./ConversationState.ts"
import { restored, transcript, typed } from "./Transcript.ts"
import type { Trouble } from "./Trouble.ts"

const troubles: Record<typeof ServerProblem.Type.code, Trouble> = {
  "bad-message": "refused",
  flood: "refused",
  full: "full",
  "not-resumable": "not-resumable",
  "taken-over": "taken-over",
  internal: "internal",
}

/** What a problem told by the server means for the page. */
export const troubleOf = (problem: typeof ServerProblem.Type): Trouble => troubles[problem.code]

const over = (state: ConversationState, phase: Phase): ConversationState => ({
  ...state,
  phase,
  muted: false,
  assistant: "listening",
  microphone: { _tag: "Off" },
  fellBack: undefined,
  quality: "unknown",
  recorded: false,
  soundBlocked: false,
})

const without = (state: ConversationState, after: Waiting["after"]): ConversationState => ({
  ...state,
  phase: { _tag: "Waiting", position: undefined, estimateMillis: undefined, after },
  assistant: "listening",
})

const received = (state: ConversationState, message: ServerMessage, at: number): ConversationState => {
  switch (message._tag) {
    case "Welcome":
      return {
        ...state,
        phase: { _tag: "Live" },
        conversationId: message.conversationId,
        languageModel: message.languageModel,
      }
    case "Problem":
      return over(state, { _tag: "Failed", trouble: troubleOf(message) })
    case "Ended":
      return over(state, { _tag: "Ended", reason: message.reason })
    case "StateChanged":
      return { ...state, assistant: message.state }
    case "Stop":
      return state
    default:
      return { ...state, entries: transcript(state.entries, message, at) }
  }
}

/** What says how a connection is, and means nothing without one. */
const ofConnection: ReadonlySet<ConversationAction["_tag"] | ServerMessage["_tag"]> = new Set([
  "Begun",
  "Ended",
  "Failed",
  "FellBack",
  "Joined",
  "Lost",
  "NoAssistant",
  "QualityChanged",
  "RecordedChanged",
  "SoundChanged",
  "StateChanged",
  "Welcome",
] as const)

/** What still arrives after the end, as while a goodbye is being said, changes nothing but the text. */
const isLate = (state: ConversationState, action: ConversationAction): boolean =>
  !isActive(state) && ofConnection.has(action._tag === "Received" ? action.message._tag : action._tag)

/** The whole of what the talk page shows, as a function of what happened. */
export const reduceConversation = (state: ConversationState, action: ConversationAction): ConversationState => {
  if (isLate(state, action)) return state
  switch (action._tag) {
    case "Started": {
      const { conversationId, muted = false, step } = action
      return { ...initialState, phase: { _tag: "Starting", step }, muted, conversationId }
    }
    case "Paused":
      return { ...state, phase: { _tag: "Paused" }, conversationId: action.conversationId, over: action.over }
    case "Reaching":
      return { ...state, phase: { _tag: "Starting", step: "server" } }
    case "Begun":
      return { ...state, over: action.over, conversationId: action.conversationId ?? state.conversationId }
    case "FellBack":
      return { ...state, fellBack: action.reason, quality: "unknown", soundBlocked: false }
    case "FallbackSeen":
      return { ...state, fellBack: undefined }
    case "Joined":
      return {
        ...state,
        phase: { _tag: "Live" },
        assistant: action.assistant,
        languageModel: action.languageModel,
      }
    case "NoAssistant":
      return without(state, action.after)
    case "Placed":
      return state.phase._tag === "Waiting"
        ? { ...state, phase: { ...state.phase, position: action.position, estimateMillis: action.estimateMillis } }
        : state
    case "Received":
      return received(state, action.message, action.at)
    case "Lost":
      return {
        ...state,
        phase: {
          _tag: "Reconnecting",
          attempt: action.attempt,
          nextTryAt: action.nextTryAt,
          giveUpAt: action.giveUpAt,
        },
      }
    case "Failed":
      return over(state, { _tag: "Failed", trouble: action.trouble })
    case "Left":
      return over(state, { _tag: "Ended", reason: "left" })
    case "Typed":
      return { ...state, entries: typed(state.entries, action.messageId, action.text, action.at) }
    case "Restored":
      return { ...state, entries: restored(state.entries, action.entries) }
    case "Muted":
      return { ...state, muted: action.muted }
    case "MicrophoneChanged":
      return { ...state, microphone: action.microphone }
    case "QualityChanged":
      return { ...state, quality: action.quality }
    case "RecordedChanged":
      return { ...state, recorded: action.recorded }
    case "SoundChanged":
      return { ...state, soundBlocked: action.blocked }
  }
}
