import { useEffect, useRef } from "react"
import type { ConversationState } from "../conversation/ConversationState.ts"
import type { VoiceController } from "../voice/VoiceController.ts"
import { canInterrupt } from "./StateWords.ts"

/** Space held longer than this mutes only while it is held; a tap stays. */
const holdMillis = 350

/** Space has a meaning of its own there. */
const takesSpace = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("input, textarea, select, button, a, [role=option], [contenteditable]") !== null

/** Space mutes (held: as long as it is held), Escape interrupts the assistant. */
export const useTalkKeys = (state: ConversationState, voice: VoiceController): void => {
  const now = useRef(state)
  useEffect(() => {
    now.current = state
  }, [state])
  useEffect(() => {
    let pressedAt: number | undefined
    let mutedBefore = false
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      if (event.key === "Escape" && canInterrupt(now.current)) return voice.do({ _tag: "Interrupt" })
      if (event.key !== " " || takesSpace(event.target) || now.current.microphone._tag !== "On") return
      event.preventDefault()
      if (event.repeat) return
      pressedAt = event.timeStamp
      mutedBefore = now.current.muted
      voice.do({ _tag: "Mute", muted: !mutedBefore })
    }
    const up = (event: KeyboardEvent) => {
      if (event.key !== " " || pressedAt === undefined) return
      if (event.timeStamp - pressedAt > holdMillis) voice.do({ _tag: "Mute", muted: mutedBefore })
      pressedAt = undefined
    }
    window.addEventListener("keydown", down)
    window.addEventListener("keyup", up)
    return () => {
      window.removeEventListener("keydown", down)
      window.removeEventListener("keyup", up)
    }
  }, [voice])
}
