import { ArrowLeft, FileQuestion, MessageSquareDashed, RotateCw, Unplug } from "lucide-react"
import { DateTime, Option } from "effect"
import { useMemo } from "react"
import type { Conversation, ConversationId } from "../../domain/conversation/Conversation.ts"
import type { ConversationDetail } from "../../http/api/ConversationsApi.ts"
import { ask } from "../api/ask.ts"
import { useLoad } from "../api/useLoad.ts"
import { entriesOf } from "../conversation/entriesOf.ts"
import { Link } from "../parts/Link.tsx"
import { Say } from "../parts/Say.tsx"
import { dayText, lengthText, timeText } from "../parts/TimeText.ts"
import { useNow } from "../parts/useNow.ts"
import { Lines } from "../talk/Lines.tsx"
import { DeleteButton } from "./DeleteButton.tsx"
import { Heard } from "./recording/Heard.tsx"
import { PlayerFailed } from "./recording/PlayerBar.tsx"

interface Props {
  readonly id: ConversationId
  readonly assistantName: string
  readonly deleted: (id: ConversationId) => void
}

const When = ({ conversation }: { readonly conversation: Conversation }) => {
  const now = useNow(false)
  const length = Option.map(conversation.endedAt, (end) => lengthText(DateTime.distance(conversation.startedAt, end)))
  return (
    <div className="view-when">
      <h2>{`${dayText(conversation.startedAt, now)}, ${timeText(conversation.startedAt.epochMillis)}`}</h2>
      <p>{Option.getOrElse(length, () => "Under way")}</p>
    </div>
  )
}

const Back = () => (
  <Link className="icon-button view-back" href="/conversations/" aria-label="All conversations">
    <ArrowLeft size={20} aria-hidden="true" />
  </Link>
)

interface SaidProps {
  readonly id: ConversationId
  readonly detail: typeof ConversationDetail.Type
  readonly assistantName: string
}

/** What was said, to read and, where it was recorded, to hear. */
const Said = ({ id, detail, assistantName }: SaidProps) => {
  const entries = useMemo(() => entriesOf(detail.messages, detail.turns), [detail])
  const request = useMemo(() => ask((client) => client.recordings.list({ path: { id } })), [id])
  const { loaded, reload } = useLoad(request)
  if (loaded._tag === "Ready" && loaded.value.items.length > 0) {
    return <Heard recordings={loaded.value.items} entries={entries} assistantName={assistantName} />
  }
  return (
    <>
      {loaded._tag === "Failed" && <PlayerFailed what="Recordings cannot be loaded now." retry={reload} />}
      {/* Focusable, so that keys can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className="view-lines" tabIndex={0} aria-label="What was said">
        {entries.length === 0 ? (
          <Say icon={MessageSquareDashed} title="Nothing was said" />
        ) : (
          <Lines entries={entries} assistantName={assistantName} />
        )}
      </section>
    </>
  )
}

/** One conversation, to read and to hear. */
export const ConversationView = ({ id, assistantName, deleted }: Props) => {
  const request = useMemo(() => ask((client) => client.conversations.get({ path: { id } })), [id])
  const { loaded, reload } = useLoad(request)
  if (loaded._tag === "Loading") return <div className="view-lines" aria-busy="true" aria-label="Loading" />
  if (loaded._tag === "Failed") {
    return loaded.failure.reason === "not-found" ? (
      <Say
        icon={FileQuestion}
        title="This conversation is not here"
        actions={<Link href="/conversations/">All conversations</Link>}
      >
        It was deleted, or the link is wrong.
      </Say>
    ) : (
      <Say
        icon={Unplug}
        title="The server does not answer"
        urgent
        actions={
          <button className="quiet-button framed" type="button" onClick={reload}>
            <RotateCw size={18} aria-hidden="true" />
            Try again
          </button>
        }
      />
    )
  }
  const { conversation } = loaded.value
  return (
    <>
      <div className="view-top">
        <Back />
        <When conversation={conversation} />
        <DeleteButton id={id} deleted={() => deleted(id)} />
      </div>
      <Said id={id} detail={loaded.value} assistantName={assistantName} />
    </>
  )
}
