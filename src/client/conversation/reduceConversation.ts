import type { MessageId } from "../../domain/conversation/Message.ts"
import type { ServerMessage, ServerProblem } from "../../domain/media/VoiceProtocol.ts"
import {
  type ConversationState,
  initialState,
  isActive,
  type MicrophoneState,
  type Phase,
} from "./ConversationState.ts"
import { transcript, typed } from "./Transcript.ts"
import type { Trouble } from "./Trouble.ts"

export type ConversationAction =
  | { readonly _tag: "Started"; readonly step: "microphone" | "server" }
  | { readonly _tag: "Reaching" }
  | { readonly _tag: "Received"; readonly message: ServerMessage; readonly at: number }
  | { readonly _tag: "Lost"; readonly attempt: number; readonly nextTryAt: number; readonly giveUpAt: number }
  | { readonly _tag: "Failed"; readonly trouble: Trouble }
  | { readonly _tag: "Left" }
  | { readonly _tag: "Typed"; readonly messageId: MessageId; readonly text: string; readonly at: number }
  | { readonly _tag: "Muted"; readonly muted: boolean }
  | { readonly _tag: "MicrophoneChanged"; readonly microphone: MicrophoneState }

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

/** The whole of what the talk page shows, as a function of what happened. */
export const reduceConversation = (state: ConversationState, action: ConversationAction): ConversationState => {
  switch (action._tag) {
    case "Started":
      return { ...initialState, phase: { _tag: "Starting", step: action.step } }
    case "Reaching":
      return { ...state, phase: { _tag: "Starting", step: "server" } }
    case "Received":
      // What still arrives after the end changes nothing but the text.
      return isActive(state) || action.message._tag !== "Welcome" ? received(state, action.message, action.at) : state
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
    case "Muted":
      return { ...state, muted: action.muted }
    case "MicrophoneChanged":
      return { ...state, microphone: action.microphone }
  }
}
