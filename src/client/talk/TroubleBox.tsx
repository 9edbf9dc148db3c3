import { TriangleAlert } from "lucide-react"
import type { ConversationState } from "../conversation/ConversationState.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import { troubleText } from "../conversation/TroubleText.ts"

/** What is wrong now: the conversation did not come about or broke, or goes on without a microphone. */
const troubleOf = (state: ConversationState): Trouble | undefined => {
  if (state.phase._tag === "Failed") return state.phase.trouble
  if ((state.phase._tag === "Live" || state.phase._tag === "Waiting") && state.microphone._tag === "Failed")
    return state.microphone.trouble
  return undefined
}

/** Says what went wrong, where it happened; the buttons below it are the way out. */
export const TroubleBox = ({ state }: { readonly state: ConversationState }) => {
  const trouble = troubleOf(state)
  if (trouble === undefined) return null
  const text = troubleText(trouble, window.navigator.userAgent)
  return (
    <div className="trouble" role="alert">
      <TriangleAlert size={20} aria-hidden="true" />
      <div>
        <strong>{text.title}</strong>
        <p>{text.detail}</p>
      </div>
    </div>
  )
}
