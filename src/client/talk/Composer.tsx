import { ArrowUp } from "lucide-react"
import { type FormEvent, type KeyboardEvent, useState } from "react"
import { textLengthMax } from "../../domain/media/VoiceProtocol.ts"
import { isActive } from "../conversation/ConversationState.ts"
import { useConversation, useParley, usePreferences } from "../Parley.tsx"

/** Typing beside speaking. Without a conversation it begins one without a microphone. */
export const Composer = () => {
  const { voice } = useParley()
  const state = useConversation()
  const [{ record }] = usePreferences()
  const [text, setText] = useState("")
  const words = text.trim()
  const send = (event?: FormEvent) => {
    event?.preventDefault()
    if (words === "") return
    if (!isActive(state)) voice.startTyping({ record })
    voice.type(words)
    setText("")
  }
  const key = (event: KeyboardEvent) => {
    // Enter that finishes a composed character is not a message.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  return (
    <form className="composer" onSubmit={send}>
      <textarea
        rows={1}
        value={text}
        maxLength={textLengthMax}
        aria-label="Message"
        placeholder="Type a message"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={key}
      />
      <button className="icon-button send" type="submit" aria-label="Send" disabled={words === ""}>
        <ArrowUp size={20} aria-hidden="true" />
      </button>
    </form>
  )
}
