import { MessagesSquare, RotateCw, Unplug } from "lucide-react"
import { useState } from "react"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import { Link } from "../parts/Link.tsx"
import { Say } from "../parts/Say.tsx"
import { navigate } from "../Route.ts"
import { ConversationItems } from "./ConversationItems.tsx"
import { ConversationView } from "./ConversationView.tsx"
import { type ConversationList, useConversationList } from "./useConversationList.ts"

interface Props {
  readonly id: ConversationId | undefined
  readonly assistantName: string
}

const Skeleton = () => (
  <div className="skeleton" aria-busy="true">
    <span className="only-read">Loading</span>
    {["a", "b", "c", "d"].map((key) => (
      <span key={key} className="bone" />
    ))}
  </div>
)

const ListEnd = ({ list }: { readonly list: ConversationList }) => {
  if (list.status === "loading") return <Skeleton />
  if (list.status === "end") return null
  const failed = list.status === "failed"
  return (
    <div className="list-more">
      {failed && (
        <p role="alert">
          <Unplug size={16} aria-hidden="true" /> The server does not answer.
        </p>
      )}
      <button className="quiet-button framed" type="button" onClick={list.loadMore}>
        {failed && <RotateCw size={18} aria-hidden="true" />}
        {failed ? "Try again" : "Load more"}
      </button>
    </div>
  )
}

/** Earlier conversations: the list and, beside it or in its place on a phone, the one that is read. */
export const HistoryPage = ({ id, assistantName }: Props) => {
  const list = useConversationList()
  const [told, setTold] = useState("")
  const deleted = (id: ConversationId) => {
    list.without(id)
    setTold("The conversation was deleted.")
    navigate("/conversations/")
  }
  const nothing = list.status === "end" && list.items.length === 0
  return (
    <main className="history" id="main" data-reading={id !== undefined}>
      <section className="list" aria-label="Conversations">
        <h1>Conversations</h1>
        <output className="list-told">{told}</output>
        {nothing ? (
          <Say
            icon={MessagesSquare}
            title="No conversations yet"
            actions={
              <Link className="strong-button" href="/">
                Start one
              </Link>
            }
          >
            What you and {assistantName} say is kept here.
          </Say>
        ) : (
          <ConversationItems items={list.items} selected={id} />
        )}
        <ListEnd list={list} />
      </section>
      <section className="view" aria-label="Conversation">
        {id === undefined ? (
          <p className="view-none">{nothing ? "" : "Choose a conversation to read it."}</p>
        ) : (
          <ConversationView key={id} id={id} assistantName={assistantName} deleted={deleted} />
        )}
      </section>
    </main>
  )
}
