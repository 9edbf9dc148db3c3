import { type MouseEvent, useCallback, useRef } from "react"
import type { Entry } from "../../conversation/Entry.ts"
import { clockText } from "../../parts/TimeText.ts"
import { Lines } from "../../talk/Lines.tsx"

interface Props {
  readonly entries: ReadonlyArray<Entry>
  readonly assistantName: string
  /** Where each line begins, in seconds of the recording. Lines without a place were not recorded. */
  readonly positions: ReadonlyMap<Entry, number>
  /** What is being heard. */
  readonly current: Entry | undefined
  readonly playFrom: (position: number) => void
}

/** Words that are marked are read, and what a click is for itself is not a place to play from. */
const isForItself = (event: MouseEvent<HTMLElement>): boolean =>
  event.target instanceof Element &&
  (event.target.closest("button, a") !== null || window.getSelection()?.isCollapsed === false)

const isInSight = (line: Element, box: Element): boolean => {
  const { bottom, top } = line.getBoundingClientRect()
  const sight = box.getBoundingClientRect()
  return bottom > sight.top && top < sight.bottom
}

/** For the line that is heard: brings it to sight as it begins, unless the reader has gone elsewhere. */
const useFollowing = (): ((line: HTMLDivElement | null) => void) => {
  const before = useRef<Element>(null)
  return useCallback((line) => {
    const box = line?.closest(".view-lines")
    if (!line || !box) return
    if (before.current === null || isInSight(before.current, box)) line.scrollIntoView({ block: "nearest" })
    before.current = line
  }, [])
}

/** A transcript that can be heard: each line with its place in the recording, and the one that is being heard marked. */
export const SpokenLines = ({ assistantName, current, entries, playFrom, positions }: Props) => {
  const follow = useFollowing()
  return entries.map((entry) => {
    const position = positions.get(entry)
    const key = `${entry._tag}-${entry.id}`
    const said = <Lines entries={[entry]} assistantName={assistantName} />
    if (position === undefined) {
      return (
        <div key={key} className="spoken">
          <div className="spoken-said">{said}</div>
        </div>
      )
    }
    return (
      // The button inside does the same for keys and screen readers.
      // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
      <div
        key={key}
        className="spoken"
        ref={entry === current ? follow : undefined}
        aria-current={entry === current ? "true" : undefined}
        onClick={(event) => isForItself(event) || playFrom(position)}
      >
        <button className="spoken-from" type="button" onClick={() => playFrom(position)}>
          <span className="only-read">Play from </span>
          {clockText(position)}
        </button>
        <div className="spoken-said">{said}</div>
      </div>
    )
  })
}
