import { Check, CircleAlert, Keyboard, TriangleAlert, Wrench, X } from "lucide-react"
import type { AssistantEntry, Entry, NoticeEntry, PersonEntry, ToolEntry } from "../conversation/Entry.ts"
import { isoText, timeText } from "../parts/TimeText.ts"
import { TurnBar } from "./TurnBar.tsx"

const Time = ({ at }: { readonly at: number }) => (
  <time className="line-time" dateTime={isoText(at)}>
    {timeText(at)}
  </time>
)

const NotStored = () => (
  <p className="line-note">
    <CircleAlert size={14} aria-hidden="true" />
    Could not be saved
  </p>
)

const PersonLine = ({ entry }: { readonly entry: PersonEntry }) => (
  <article className="line person" data-final={entry.final} data-stored={entry.stored}>
    <header>
      <span className="line-who">{entry.speaker ?? "You"}</span>
      {entry.source === "text" && (
        <>
          <Keyboard size={14} aria-hidden="true" />
          <span className="only-read">typed</span>
        </>
      )}
      <Time at={entry.at} />
    </header>
    <p className="line-text">{entry.text === "" ? "…" : entry.text}</p>
    {entry.stored === "pending" && entry.source === "text" && <p className="line-note">Sending</p>}
    {entry.stored === "failed" && <NotStored />}
    {entry.turn !== undefined && <TurnBar turn={entry.turn} />}
  </article>
)

const AssistantLine = ({ entry, name }: { readonly entry: AssistantEntry; readonly name: string }) => (
  <article className="line assistant" data-final={entry.final}>
    <header>
      <span className="line-who">{name}</span>
      <Time at={entry.at} />
    </header>
    <p className="line-text">
      {entry.text}
      {entry.rest !== "" && (
        <>
          {entry.text === "" ? "" : " "}
          {entry.interrupted ? <s>{entry.rest.trim()}</s> : <span className="line-pending">{entry.rest.trim()}</span>}
        </>
      )}
      {entry.interrupted && " "}
      {entry.interrupted && <span className="line-cut">interrupted</span>}
    </p>
    {entry.stored === "failed" && <NotStored />}
    {entry.turn !== undefined && <TurnBar turn={entry.turn} />}
  </article>
)

const toolWords: Record<ToolEntry["status"], string> = { running: "Using", done: "Used", failed: "Could not use" }
const toolIcons = { running: Wrench, done: Check, failed: X } as const

const ToolLine = ({ entry }: { readonly entry: ToolEntry }) => {
  const Icon = toolIcons[entry.status]
  return (
    <p className="line-tool">
      <Icon size={14} aria-hidden="true" />
      {toolWords[entry.status]} {entry.name.replaceAll(/[_-]+/g, " ")}
      <Time at={entry.at} />
    </p>
  )
}

const NoticeLine = ({ entry }: { readonly entry: NoticeEntry }) => (
  <p className="line-tool line-notice">
    <TriangleAlert size={14} aria-hidden="true" />
    {entry.message}
    <Time at={entry.at} />
  </p>
)

const Line = ({ entry, name }: { readonly entry: Entry; readonly name: string }) => {
  switch (entry._tag) {
    case "Person":
      return <PersonLine entry={entry} />
    case "Assistant":
      return <AssistantLine entry={entry} name={name} />
    case "Tool":
      return <ToolLine entry={entry} />
    case "Notice":
      return <NoticeLine entry={entry} />
  }
}

interface Props {
  readonly entries: ReadonlyArray<Entry>
  readonly assistantName: string
}

/** What was said, line by line. */
export const Lines = ({ entries, assistantName }: Props) =>
  entries.map((entry) => <Line key={`${entry._tag}-${entry.id}`} entry={entry} name={assistantName} />)
