import { Info, X } from "lucide-react"
import { type ConversationState, isActive } from "../conversation/ConversationState.ts"
import { useParley } from "../Parley.tsx"

const titles = {
  blocked: "Your network blocks calls",
  unreachable: "The call server does not answer",
} as const

/** Says that a plain connection has taken the place of a call, until the person has seen it. */
export const FallbackNotice = ({ state }: { readonly state: ConversationState }) => {
  const { voice } = useParley()
  if (state.fellBack === undefined || !isActive(state)) return null
  return (
    <div className="trouble mild">
      <Info size={20} aria-hidden="true" />
      <output>
        <strong>{titles[state.fellBack]}</strong>
        <span>Talking over a plain connection instead.</span>
      </output>
      <button
        className="icon-button"
        type="button"
        aria-label="Understood"
        onClick={() => voice.store.dispatch({ _tag: "FallbackSeen" })}
      >
        <X size={18} aria-hidden="true" />
      </button>
    </div>
  )
}
