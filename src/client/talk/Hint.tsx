import type { ConversationState } from "../conversation/ConversationState.ts"
import { Link } from "../parts/Link.tsx"
import { useNow } from "../parts/useNow.ts"
import { pathOf } from "../Route.ts"
import { waitingHint } from "./WaitingWords.ts"

const seconds = (millis: number): string => `${Math.max(0, Math.ceil(millis / 1_000))} s`

const triesText = (nextTryAt: number | undefined, now: number): string =>
  nextTryAt === undefined || nextTryAt <= now ? "Trying now" : `Trying again in ${seconds(nextTryAt - now)}`

interface Props {
  readonly state: ConversationState
  readonly assistantName: string
}

/** The line under the state: what to do, or how long to wait. */
export const Hint = ({ state, assistantName }: Props) => {
  const { phase } = state
  const now = useNow(phase._tag === "Reconnecting")
  switch (phase._tag) {
    case "Reconnecting":
      return (
        <>{`${triesText(phase.nextTryAt, now)}. Your conversation is kept for ${seconds(phase.giveUpAt - now)}.`}</>
      )
    case "Waiting":
      return <>{waitingHint(phase)}</>
    case "Idle":
      return <>{`Press Start and speak with ${assistantName}, or type.`}</>
    case "Paused":
      return <>It waits a little while for you.</>
    case "Starting":
      return phase.step === "microphone" ? <>Allow it where your browser asks.</> : null
    case "Ended":
      return state.conversationId === undefined ? null : (
        <Link href={pathOf({ _tag: "Conversations", id: state.conversationId })}>Read the conversation</Link>
      )
    case "Live":
      if (state.soundBlocked) return <>Your browser plays the assistant’s voice only after you press.</>
      return state.microphone._tag === "On" ? (
        <span className="keys">
          <kbd>Space</kbd> {state.muted ? "to be heard again" : "mutes, also while held"}
        </span>
      ) : null
    case "Failed":
      return null
  }
}
