import { DateTime, Option } from "effect"
import type { ConversationId, ConversationSummary } from "../../domain/conversation/Conversation.ts"
import { Link } from "../parts/Link.tsx"
import { dayText, lengthText, timeText } from "../parts/TimeText.ts"
import { useNow } from "../parts/useNow.ts"
import { pathOf } from "../Route.ts"

const facts = (item: ConversationSummary): string => {
  const length = Option.match(item.endedAt, {
    onNone: () => "under way",
    onSome: (end) => lengthText(DateTime.distance(item.startedAt, end)),
  })
  return `${timeText(item.startedAt.epochMillis)} · ${length} · ${item.messageCount} message${item.messageCount === 1 ? "" : "s"}`
}

interface Props {
  readonly items: ReadonlyArray<ConversationSummary>
  readonly selected: ConversationId | undefined
}

/** Conversations by day. */
export const ConversationItems = ({ items, selected }: Props) => {
  const now = useNow(false)
  const days = Map.groupBy(items, (item) => dayText(item.startedAt, now))
  return [...days].map(([day, items]) => (
    <section key={day} className="day" aria-label={day}>
      <h2>{day}</h2>
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <Link
              className="conversation-item"
              href={pathOf({ _tag: "Conversations", id: item.id })}
              {...(item.id === selected ? { "aria-current": "page" as const } : {})}
            >
              <span className="conversation-title">{item.title === "" ? "Nothing was said" : item.title}</span>
              <span className="conversation-facts">{facts(item)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  ))
}
