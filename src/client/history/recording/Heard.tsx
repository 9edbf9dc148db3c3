import { useMemo } from "react"
import type { RecordingItem } from "../../../http/api/RecordingsApi.ts"
import type { Entry } from "../../conversation/Entry.ts"
import { PlayerBar } from "./PlayerBar.tsx"
import * as RecordingLine from "./RecordingLine.ts"
import { SpokenLines } from "./SpokenLines.tsx"
import { spokenAt } from "./spokenAt.ts"
import { usePlayer } from "./usePlayer.ts"

interface Props {
  readonly recordings: ReadonlyArray<RecordingItem>
  readonly entries: ReadonlyArray<Entry>
  readonly assistantName: string
}

/** A line is marked a little before its first word, and played from there. */
const leadSeconds = 0.3

const positionsOf = (entries: ReadonlyArray<Entry>, line: RecordingLine.RecordingLine): ReadonlyMap<Entry, number> => {
  const positions = new Map<Entry, number>()
  for (const [entry, at] of spokenAt(entries)) {
    const position = line.positionAt(at)
    if (position !== undefined) positions.set(entry, Math.max(0, position - leadSeconds))
  }
  return positions
}

/** The newest line that has begun. */
const currentOf = (positions: ReadonlyMap<Entry, number>, position: number): Entry | undefined =>
  [...positions].findLast(([, begins]) => begins <= position)?.[0]

/** The recording of a conversation, with its words following. */
export const Heard = ({ recordings, entries, assistantName }: Props) => {
  const line = useMemo(() => RecordingLine.make(recordings), [recordings])
  const positions = useMemo(() => positionsOf(entries, line), [entries, line])
  const player = usePlayer(line)
  const { playFrom, playing, position } = player
  const current = playing || position > 0 ? currentOf(positions, position) : undefined
  return (
    <>
      <PlayerBar line={line} player={player} />
      {/* Focusable, so that keys can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className="view-lines" tabIndex={0} aria-label="What was said">
        <SpokenLines
          entries={entries}
          assistantName={assistantName}
          positions={positions}
          current={current}
          playFrom={playFrom}
        />
      </section>
    </>
  )
}
