import { CircleDot, SignalHigh, SignalLow, SignalZero } from "lucide-react"
import { type ConversationState, isActive, type Quality } from "../conversation/ConversationState.ts"

const qualities = {
  good: { icon: SignalHigh, words: "Good connection" },
  poor: { icon: SignalLow, words: "Weak connection" },
  lost: { icon: SignalZero, words: "Connection is breaking" },
} as const

/** Told in words only where it is not good; read aloud in any case. */
const QualitySign = ({ quality }: { readonly quality: Exclude<Quality, "unknown"> }) => {
  const { icon: Icon, words } = qualities[quality]
  return (
    <output className="sign" data-quality={quality}>
      <span className={quality === "good" ? "only-read" : ""}>{words}</span>
      <Icon size={20} aria-hidden="true" />
    </output>
  )
}

/** What a person should know all the while: that it is recorded, and how well sound gets through. */
export const Signs = ({ state }: { readonly state: ConversationState }) =>
  isActive(state) && (
    <div className="signs">
      {state.recorded && (
        <output className="sign recorded">
          <CircleDot size={16} aria-hidden="true" />
          <span className="only-read">This conversation is </span>
          <span>Recorded</span>
        </output>
      )}
      {state.quality !== "unknown" && state.phase._tag === "Live" && <QualitySign quality={state.quality} />}
    </div>
  )
