import type { EndReason } from "../../domain/conversation/Conversation.ts"
import type { ConversationState } from "../conversation/ConversationState.ts"
import type { Mood } from "./ShapeMotion.ts"
import { waitingWords } from "./WaitingWords.ts"

const endings: Record<EndReason, string> = {
  left: "You ended the conversation",
  silence: "Ended after a long silence",
  assistant: "The assistant said goodbye",
  hook: "The conversation was ended",
  drain: "The server is restarting",
  error: "The conversation broke off",
}

const live = (state: ConversationState): string => {
  if (state.assistant === "speaking") return "Speaking"
  if (state.assistant === "thinking") return "Thinking"
  const newest = state.entries.at(-1)
  if (newest?._tag === "Person" && !newest.final) return "Hearing you"
  if (state.microphone._tag === "Opening") return "Opening the microphone"
  if (state.microphone._tag !== "On") return "Waiting for what you type"
  return state.muted ? "Muted" : "Listening"
}

/** The state in words. Seconds are told apart from it, so that a screen reader does not count them down. */
export const stateWords = (state: ConversationState): string => {
  switch (state.phase._tag) {
    case "Idle":
      return "Ready when you are"
    case "Starting":
      return state.phase.step === "microphone" ? "Waiting for your microphone" : "Connecting"
    case "Paused":
      return "Your conversation is still there"
    case "Waiting":
      return waitingWords(state.phase)
    case "Live":
      return live(state)
    case "Reconnecting":
      return "Connection lost"
    case "Ended":
      return endings[state.phase.reason]
    case "Failed":
      return "Not connected"
  }
}

export const moodOf = (state: ConversationState): Mood => {
  if (state.phase._tag === "Waiting") return "waiting"
  if (state.phase._tag !== "Live") return "still"
  if (state.assistant !== "listening") return state.assistant
  return state.muted || state.microphone._tag !== "On" ? "muted" : "listening"
}

/** Escape does something. */
export const canInterrupt = (state: ConversationState): boolean =>
  state.phase._tag === "Live" && state.assistant !== "listening"
