import type { Turn } from "../../domain/analytics/Turn.ts"
import type { ConversationEvent } from "../../domain/media/ConversationEvent.ts"
import type { MessageId } from "../../domain/conversation/Message.ts"
import { type AssistantEntry, type Entry, type PersonEntry, type Stored, toolId } from "./Entry.ts"

/** A page that talks all day shows this many lines; older ones are in the history. */
export const entriesMax = 500

type Event<Tag extends ConversationEvent["_tag"]> = Extract<ConversationEvent, { readonly _tag: Tag }>
type Entries = ReadonlyArray<Entry>

const isSaid = (entry: Entry): entry is PersonEntry | AssistantEntry =>
  entry._tag === "Person" || entry._tag === "Assistant"

/** Puts an entry in the place of the one it renews, or at the end. */
const put = (entries: Entries, index: number, entry: Entry): Entries =>
  index === -1 ? [...entries, entry].slice(-entriesMax) : entries.with(index, entry)

const person = (entries: Entries, event: Event<"UserTranscript">, at: number): Entries => {
  const index = entries.findLastIndex((entry) => entry._tag === "Person" && entry.id === event.messageId)
  const known = entries[index]
  const before = known?._tag === "Person" ? known : undefined
  // It was a cough.
  if (event.final && event.text === "") return index === -1 ? entries : entries.toSpliced(index, 1)
  // A partial that overtook its final one says nothing new.
  if (before?.final === true && !event.final) return entries
  return put(entries, index, {
    _tag: "Person",
    id: event.messageId,
    at: before?.at ?? at,
    text: event.text,
    final: event.final,
    source: event.source,
    ...(event.speaker === undefined ? {} : { speaker: event.speaker }),
    stored: before?.stored ?? "pending",
    ...(before?.turn === undefined ? {} : { turn: before.turn }),
  })
}

const assistant = (entries: Entries, event: Event<"AssistantTranscript">, at: number): Entries => {
  const index = entries.findLastIndex((entry) => entry._tag === "Assistant" && entry.id === event.messageId)
  const known = entries[index]
  const before = known?._tag === "Assistant" ? known : undefined
  return put(entries, index, {
    _tag: "Assistant",
    id: event.messageId,
    at: before?.at ?? at,
    text: event.text,
    rest: event.final && !event.interrupted ? "" : event.pending,
    final: event.final,
    interrupted: event.final && event.interrupted,
    stored: before?.stored ?? "pending",
    ...(before?.turn === undefined ? {} : { turn: before.turn }),
  })
}

/** A use that begins is a line of its own; its end, told once or again, is told of the last one. */
const tool = (entries: Entries, event: Event<"ToolUsed">, at: number): Entries => {
  const ofMessage = entries.filter((entry) => entry._tag === "Tool" && entry.messageId === event.messageId)
  const index = entries.findLastIndex(
    (entry) =>
      entry._tag === "Tool" &&
      entry.messageId === event.messageId &&
      entry.name === event.name &&
      (entry.status === "running" || event.status !== "running"),
  )
  const known = entries[index]
  return put(entries, index, {
    _tag: "Tool",
    id: known?.id ?? toolId(event.messageId, ofMessage.length),
    messageId: event.messageId,
    at: known?.at ?? at,
    name: event.name,
    status: event.status,
  })
}

const stored = (entries: Entries, messageId: MessageId, stored: Stored): Entries =>
  entries.map((entry) => (isSaid(entry) && entry.id === messageId ? { ...entry, stored } : entry))

const ended = (entries: Entries, turn: Turn): Entries =>
  entries.map((entry) => (isSaid(entry) && entry.id === turn.answerId ? { ...entry, turn } : entry))

/** The person's own typed words, before the server has seen them. */
export const typed = (entries: Entries, messageId: MessageId, text: string, at: number): Entries =>
  put(entries, -1, { _tag: "Person", id: messageId, at, text, final: true, source: "text", stored: "pending" })

/** What the store has of a conversation, before what this page has heard of it since. */
export const restored = (entries: Entries, stored: Entries): Entries => {
  const heard = new Set(entries.map(({ id }) => id))
  return [...stored.filter(({ id }) => !heard.has(id)), ...entries].slice(-entriesMax)
}

/** The transcript after an event; the same one when the event is not about it. */
export const transcript = (entries: Entries, event: ConversationEvent, at: number): Entries => {
  switch (event._tag) {
    case "UserTranscript":
      return person(entries, event, at)
    case "AssistantTranscript":
      return assistant(entries, event, at)
    case "ToolUsed":
      return tool(entries, event, at)
    case "MessageStored":
      return stored(entries, event.messageId, "stored")
    case "MessageNotStored":
      return stored(entries, event.messageId, "failed")
    case "TurnEnded":
      return ended(entries, event.turn)
    case "Notice":
      return put(entries, -1, {
        _tag: "Notice",
        id: `${event.code}-${entries.length}-${at}`,
        at,
        code: event.code,
        message: event.message,
      })
    case "StateChanged":
    case "Ended":
      return entries
  }
}
