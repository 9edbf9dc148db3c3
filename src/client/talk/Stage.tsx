import { CircleStop, Keyboard, Mic, PhoneOff } from "lucide-react"
import { type ConversationState, isActive } from "../conversation/ConversationState.ts"
import { useConversation, useParley, usePreferences } from "../Parley.tsx"
import { FallbackNotice } from "./FallbackNotice.tsx"
import { Hint } from "./Hint.tsx"
import { MainButton } from "./MainButton.tsx"
import { Shape } from "./Shape.tsx"
import { Signs } from "./Signs.tsx"
import { canInterrupt, moodOf, stateWords } from "./StateWords.ts"
import { TroubleBox } from "./TroubleBox.tsx"

/** Without a microphone a person can type; without a server not. */
const typingHelps = (state: ConversationState): boolean =>
  !isActive(state) &&
  state.phase._tag !== "Paused" &&
  (state.phase._tag !== "Failed" || state.phase.trouble.startsWith("microphone"))

/** The ways beside the main one. */
const OtherActions = ({ state }: { readonly state: ConversationState }) => {
  const { voice } = useParley()
  const [{ microphoneId, record }] = usePreferences()
  return (
    <>
      {state.phase._tag === "Paused" && (
        <button
          className="quiet-button"
          type="button"
          onClick={() => voice.startAnew({ deviceId: microphoneId, record })}
        >
          <Mic size={18} aria-hidden="true" />
          Start a new one
        </button>
      )}
      {canInterrupt(state) && (
        <button className="quiet-button" type="button" onClick={() => voice.do({ _tag: "Interrupt" })}>
          <CircleStop size={18} aria-hidden="true" />
          Interrupt
          <kbd>Esc</kbd>
        </button>
      )}
      {typingHelps(state) && (
        <button className="quiet-button" type="button" onClick={() => voice.startTyping({ record })}>
          <Keyboard size={18} aria-hidden="true" />
          Type only
        </button>
      )}
    </>
  )
}

interface Props {
  readonly assistantName: string
}

/** The centre of the talk page: the shape, the state in words, and what a person can do about it. */
export const Stage = ({ assistantName }: Props) => {
  const { voice } = useParley()
  const state = useConversation()
  return (
    <section className="stage" aria-label="Conversation">
      {isActive(state) && (
        <button className="quiet-button end-button" type="button" onClick={() => voice.do({ _tag: "Leave" })}>
          <PhoneOff size={18} aria-hidden="true" />
          {state.phase._tag === "Waiting" ? "Leave" : "End"}
        </button>
      )}
      <Signs state={state} />
      <Shape mood={moodOf(state)} levels={voice.levels} />
      <div className="state">
        <output className="state-words" aria-live="polite">
          {stateWords(state)}
        </output>
        <p className="state-hint">
          <Hint state={state} assistantName={assistantName} />
        </p>
      </div>
      <TroubleBox state={state} />
      <FallbackNotice state={state} />
      <div className="stage-actions">
        <MainButton state={state} />
        <OtherActions state={state} />
      </div>
    </section>
  )
}
