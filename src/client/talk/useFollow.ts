import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react"

/** This near to the end counts as reading the newest line, in pixels. */
const nearEnd = 48

interface Follow {
  readonly box: RefObject<HTMLDivElement | null>
  /** The reader has scrolled up. */
  readonly away: boolean
  readonly toNewest: () => void
}

/** Keeps the newest line in sight unless the reader has scrolled up. `newest` changes whenever there is something new. */
export const useFollow = (newest: unknown): Follow => {
  const box = useRef<HTMLDivElement>(null)
  const [away, setAway] = useState(false)
  const toNewest = useCallback(() => {
    const element = box.current
    if (element !== null) element.scrollTop = element.scrollHeight
  }, [])
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const look = () => setAway(element.scrollHeight - element.scrollTop - element.clientHeight > nearEnd)
    element.addEventListener("scroll", look, { passive: true })
    return () => element.removeEventListener("scroll", look)
  }, [])
  useLayoutEffect(() => {
    if (newest !== undefined && !away) toNewest()
  }, [newest, away, toNewest])
  // A window that is made smaller, or a phone that is turned, hides the newest line without anything new.
  useEffect(() => {
    const element = box.current
    if (element === null || away) return
    const observer = new ResizeObserver(toNewest)
    observer.observe(element)
    return () => observer.disconnect()
  }, [away, toNewest])
  return { box, away, toNewest }
}
