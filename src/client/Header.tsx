import { History, MessageCircle, Settings } from "lucide-react"
import { isActive } from "./conversation/ConversationState.ts"
import { useConversation } from "./Parley.tsx"
import { Link } from "./parts/Link.tsx"
import type { Route } from "./Route.ts"

interface Props {
  readonly route: Route
  readonly openSettings: () => void
}

const here = (yes: boolean) => (yes ? { "aria-current": "page" as const } : {})

/** Where one is and where one can go. A conversation under way is marked, also from the history. */
export const Header = ({ route, openSettings }: Props) => {
  const active = isActive(useConversation())
  return (
    <header className="top">
      <Link className="brand" href="/">
        <span className="brand-mark" aria-hidden="true" />
        <span className="brand-name">Parley</span>
      </Link>
      <nav aria-label="Pages">
        <Link href="/" {...here(route._tag === "Talk")}>
          <MessageCircle size={18} aria-hidden="true" />
          Talk
          {active && (
            <span className="live-dot">
              <span className="only-read">, conversation under way</span>
            </span>
          )}
        </Link>
        <Link href="/conversations/" {...here(route._tag === "Conversations")}>
          <History size={18} aria-hidden="true" />
          History
        </Link>
      </nav>
      <button className="icon-button" type="button" aria-label="Settings" onClick={openSettings}>
        <Settings size={20} aria-hidden="true" />
      </button>
    </header>
  )
}
