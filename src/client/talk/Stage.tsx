import { CircleStop, Keyboard, Mic, MicOff, PhoneOff, RotateCw } from "lucide-react"
import { type ConversationState, isActive } from "../conversation/ConversationState.ts"
import { troubleText } from "../conversation/TroubleText.ts"
import { Link } from "../parts/Link.tsx"
import { useNow } from "../parts/useNow.ts"
import { useConversation, useParley, usePreferences } from "../Parley.tsx"
import { pathOf } from "../Route.ts"
import { Shape } from "./Shape.tsx"
import { canInterrupt, moodOf, stateWords } from "./StateWords.ts"
import { TroubleBox } from "./TroubleBox.tsx"

const seconds = (millis: number): string => `${Math.max(0, Math.ceil(millis / 1_000))} s`

/** The line under the state: what to do, or how long to wait. */
const Hint = ({ state, assistantName }: { readonly state: ConversationState; readonly assistantName: string }) => {
  const { phase } = state
  const now = useNow(phase._tag === "Reconnecting")
  if (phase._tag === "Reconnecting") {
    const next = phase.nextTryAt - now
    const trying = next <= 0 ? "Trying now" : `Trying again in ${seconds(next)}`
    return <>{`${trying}. Your conversation is kept for ${seconds(phase.giveUpAt - now)}.`}</>
  }
  if (phase._tag === "Idle") return <>{`Press Start and speak with ${assistantName}, or type.`}</>
  if (phase._tag === "Starting" && phase.step === "microphone") return <>Allow it where your browser asks.</>
  if (phase._tag === "Ended" && state.conversationId !== undefined) {
    return <Link href={pathOf({ _tag: "Conversations", id: state.conversationId })}>Read the conversation</Link>
  }
  if (phase._tag === "Live" && state.microphone._tag === "On") {
    return (
      <span className="keys">
        <kbd>Space</kbd> {state.muted ? "to be heard again" : "mutes, also while held"}
      </span>
    )
  }
  return null
}

const startLabel = ({ phase }: ConversationState): string => {
  if (phase._tag === "Failed") return troubleText(phase.trouble, window.navigator.userAgent).retry
  return phase._tag === "Ended" ? "Start again" : "Start"
}

const MainButton = ({ state, voicePath }: { readonly state: ConversationState; readonly voicePath: string }) => {
  const { voice } = useParley()
  const [{ microphoneId }] = usePreferences()
  if (!isActive(state)) {
    return (
      <button className="main-button" type="button" onClick={() => voice.start({ voicePath, deviceId: microphoneId })}>
        {state.phase._tag === "Failed" ? (
          <RotateCw size={22} aria-hidden="true" />
        ) : (
          <Mic size={22} aria-hidden="true" />
        )}
        {startLabel(state)}
      </button>
    )
  }
  if (state.microphone._tag === "On") {
    return (
      <button
        className="main-button"
        type="button"
        aria-pressed={state.muted}
        onClick={() => voice.do({ _tag: "Mute", muted: !state.muted })}
      >
        {state.muted ? <MicOff size={22} aria-hidden="true" /> : <Mic size={22} aria-hidden="true" />}
        {state.muted ? "Unmute" : "Mute"}
      </button>
    )
  }
  const opening = state.phase._tag === "Starting" || state.microphone._tag === "Opening"
  return (
    <button
      className="main-button"
      type="button"
      disabled={opening}
      onClick={() => voice.do({ _tag: "UseMicrophone", deviceId: microphoneId })}
    >
      {opening ? <span className="spinner" aria-hidden="true" /> : <Mic size={22} aria-hidden="true" />}
      {opening ? "Starting" : "Speak instead"}
    </button>
  )
}

/** Without a microphone a person can type; without a server not. */
const typingHelps = (state: ConversationState): boolean =>
  !isActive(state) && (state.phase._tag !== "Failed" || state.phase.trouble.startsWith("microphone"))

interface Props {
  readonly voicePath: string
  readonly assistantName: string
}

/** The centre of the talk page: the shape, the state in words, and what a person can do about it. */
export const Stage = ({ voicePath, assistantName }: Props) => {
  const { voice } = useParley()
  const state = useConversation()
  const words = stateWords(state)
  return (
    <section className="stage" aria-label="Conversation">
      {isActive(state) && (
        <button className="quiet-button end-button" type="button" onClick={() => voice.do({ _tag: "Leave" })}>
          <PhoneOff size={18} aria-hidden="true" />
          End
        </button>
      )}
      <Shape mood={moodOf(state)} levels={voice.levels} />
      <div className="state">
        <output className="state-words" aria-live="polite">
          {words}
        </output>
        <p className="state-hint">
          <Hint state={state} assistantName={assistantName} />
        </p>
      </div>
      <TroubleBox state={state} />
      <div className="stage-actions">
        <MainButton state={state} voicePath={voicePath} />
        {canInterrupt(state) && (
          <button className="quiet-button" type="button" onClick={() => voice.do({ _tag: "Interrupt" })}>
            <CircleStop size={18} aria-hidden="true" />
            Interrupt
            <kbd>Esc</kbd>
          </button>
        )}
        {typingHelps(state) && (
          <button className="quiet-button" type="button" onClick={() => voice.startTyping({ voicePath })}>
            <Keyboard size={18} aria-hidden="true" />
            Type only
          </button>
        )}
      </div>
    </section>
  )
}
