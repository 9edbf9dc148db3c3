import { useEffect } from "react"
import type { SystemInfo } from "../../http/api/SystemApi.ts"
import { useConversation, useParley } from "../Parley.tsx"
import { Stage } from "./Stage.tsx"
import { TranscriptPanel } from "./TranscriptPanel.tsx"
import { useTalkKeys } from "./useTalkKeys.ts"

/** Talking: the shape, the words, and what to do about both. */
export const TalkPage = ({ info }: { readonly info: typeof SystemInfo.Type }) => {
  const { voice } = useParley()
  const state = useConversation()
  useTalkKeys(state, voice)
  useEffect(() => {
    if (info.media === "livekit") voice.prepareCalls()
  }, [info.media, voice])
  return (
    <main className="talk" id="main">
      <h1 className="only-read">Talk with {info.assistantName}</h1>
      <Stage assistantName={info.assistantName} />
      <TranscriptPanel assistantName={info.assistantName} />
    </main>
  )
}
