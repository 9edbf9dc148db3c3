import { Mic, MicOff, RotateCw, Volume2 } from "lucide-react"
import { type ConversationState, isActive } from "../conversation/ConversationState.ts"
import { troubleText } from "../conversation/TroubleText.ts"
import { useParley, usePreferences } from "../Parley.tsx"

interface Props {
  readonly state: ConversationState
}

const startLabel = ({ phase }: ConversationState): string => {
  if (phase._tag === "Failed") return troubleText(phase.trouble, window.navigator.userAgent).retry
  if (phase._tag === "Paused") return "Go on talking"
  return phase._tag === "Ended" ? "Start again" : "Start"
}

const StartButton = ({ state }: Props) => {
  const { voice } = useParley()
  const [{ microphoneId, record }] = usePreferences()
  const Icon = state.phase._tag === "Failed" ? RotateCw : Mic
  return (
    <button className="main-button" type="button" onClick={() => voice.start({ deviceId: microphoneId, record })}>
      <Icon size={22} aria-hidden="true" />
      {startLabel(state)}
    </button>
  )
}

/** The browser keeps the assistant silent until a person presses something. */
const SoundButton = ({ state }: Props) => {
  const { voice } = useParley()
  return (
    <button className="main-button" type="button" onClick={() => voice.unlockSound()}>
      <Volume2 size={22} aria-hidden="true" />
      {state.entries.length === 0 ? "Turn the sound on" : "Go on talking"}
    </button>
  )
}

const MuteButton = ({ state }: Props) => {
  const { voice } = useParley()
  const Icon = state.muted ? MicOff : Mic
  return (
    <button
      className="main-button"
      type="button"
      aria-pressed={state.muted}
      onClick={() => voice.do({ _tag: "Mute", muted: !state.muted })}
    >
      <Icon size={22} aria-hidden="true" />
      {state.muted ? "Unmute" : "Mute"}
    </button>
  )
}

const SpeakButton = ({ state }: Props) => {
  const { voice } = useParley()
  const [{ microphoneId }] = usePreferences()
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

/** The one large button: what a person most likely wants now. */
export const MainButton = ({ state }: Props) => {
  if (!isActive(state)) return <StartButton state={state} />
  if (state.soundBlocked) return <SoundButton state={state} />
  return state.microphone._tag === "On" ? <MuteButton state={state} /> : <SpeakButton state={state} />
}
