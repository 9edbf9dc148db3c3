import type { SystemInfo } from "../http/api/SystemApi.ts"
import { isActive } from "./conversation/ConversationState.ts"
import { useConversation } from "./Parley.tsx"

/** Which models talk, and who one is here. */
export const Footnote = ({ info }: { readonly info: typeof SystemInfo.Type }) => {
  const state = useConversation()
  const { languageModel } = state
  return (
    <footer className="footnote" data-talking={isActive(state)}>
      <p>
        Hears with {info.speechToText}, thinks with {languageModel === "" ? info.languageModel : languageModel}, speaks
        with {info.textToSpeech}.
      </p>
      {info.localSignIn && <p>No sign-in: everybody on this machine is the local user.</p>}
    </footer>
  )
}
