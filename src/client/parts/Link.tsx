import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from "react"
import { navigate } from "../Route.ts"

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly href: string
  readonly children: ReactNode
}

/** A real link that changes the page without loading it again; opening it in a new tab works as ever. */
export const Link = ({ href, children, ...rest }: Props) => {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(href)
  }
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  )
}
