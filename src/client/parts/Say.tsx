import type { LucideIcon } from "lucide-react"
import type { ReactNode } from "react"

interface Props {
  readonly icon: LucideIcon
  readonly title: string
  readonly children?: ReactNode
  /** The ways out. */
  readonly actions?: ReactNode
  readonly urgent?: boolean
}

/** Says what is the matter where it happens: empty, failed, not found. */
export const Say = ({ icon: Icon, title, children, actions, urgent = false }: Props) => (
  <div className="say" role={urgent ? "alert" : undefined}>
    <span className="say-icon" aria-hidden="true">
      <Icon size={22} strokeWidth={1.75} />
    </span>
    <h2>{title}</h2>
    {children !== undefined && <p>{children}</p>}
    {actions !== undefined && <div className="say-actions">{actions}</div>}
  </div>
)
