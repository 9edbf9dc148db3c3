import { ArrowDown } from "lucide-react"
import { useConversation } from "../Parley.tsx"
import { Composer } from "./Composer.tsx"
import { Lines } from "./Lines.tsx"
import { useFollow } from "./useFollow.ts"

interface Props {
  readonly assistantName: string
}

const Empty = ({ assistantName }: { readonly assistantName: string }) => (
  <div className="transcript-empty">
    <p>What you and {assistantName} say is written down here.</p>
    <ul>
      <li>“What can you do?”</li>
      <li>“What is 17 times 23?”</li>
      <li>“Set a timer for five minutes.”</li>
    </ul>
  </div>
)

/** What was said, as it is said, and a box to type into. */
export const TranscriptPanel = ({ assistantName }: Props) => {
  const { entries } = useConversation()
  const { box, away, toNewest } = useFollow(entries)
  return (
    <section className="transcript" aria-label="Transcript">
      {/* Not a live region: it would be read aloud into the conversation. Focusable, so that keys can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="transcript-lines" ref={box} tabIndex={0} role="log" aria-live="off" aria-label="What was said">
        {entries.length === 0 ? (
          <Empty assistantName={assistantName} />
        ) : (
          <Lines entries={entries} assistantName={assistantName} />
        )}
      </div>
      {away && (
        <button className="to-newest" type="button" onClick={toNewest}>
          <ArrowDown size={16} aria-hidden="true" />
          Newest
        </button>
      )}
      <Composer />
    </section>
  )
}
