import type { ConversationEvent } from "../../domain/media/ConversationEvent.ts"

/**
 * The newest of each thing that a page should know, in the order in which the things first came up: what a page missed, or,
 * for a page that knows nothing, enough to show the conversation as it stands. Newer events of one thing replace older
 * ones. When it is full, the oldest unfinished text goes first, then the oldest of all.
 */
export interface EventLog {
  readonly add: (event: ConversationEvent) => void
  /** What was added or changed after the last call of `taken`; all of it after `again`. */
  readonly untaken: () => ReadonlyArray<ConversationEvent>
  readonly taken: () => void
  readonly all: () => ReadonlyArray<ConversationEvent>
  readonly again: () => void
  readonly has: (tag: ConversationEvent["_tag"]) => boolean
}

const keyOf = (event: ConversationEvent): string => {
  switch (event._tag) {
    case "UserTranscript":
    case "AssistantTranscript":
      return `Transcript ${event.messageId}`
    case "MessageStored":
    case "MessageNotStored":
      return `Stored ${event.messageId}`
    case "ToolUsed":
      return `ToolUsed ${event.messageId} ${event.name}`
    case "TurnEnded":
      return `TurnEnded ${event.turn.id}`
    case "Notice":
      return `Notice ${event.code}`
    case "StateChanged":
    case "Ended":
      return event._tag
  }
}

const isPartial = (event: ConversationEvent): boolean =>
  (event._tag === "UserTranscript" || event._tag === "AssistantTranscript") && !event.final

interface Entry {
  readonly event: ConversationEvent
  readonly at: number
}

export const make = (eventsMax: number): EventLog => {
  const entries = new Map<string, Entry>()
  let clock = 0
  let takenAt = 0

  const evict = (newest: string) => {
    let victim: string | undefined
    for (const [key, { event }] of entries) {
      if (key === newest || event._tag === "StateChanged" || event._tag === "Ended") continue
      if (isPartial(event)) return entries.delete(key)
      victim ??= key
    }
    return victim === undefined ? false : entries.delete(victim)
  }

  return {
    add: (event) => {
      const key = keyOf(event)
      clock += 1
      // Setting a key that is there keeps its place.
      entries.set(key, { event, at: clock })
      if (entries.size > eventsMax) evict(key)
    },
    untaken: () => [...entries.values()].filter((entry) => entry.at > takenAt).map((entry) => entry.event),
    taken: () => {
      takenAt = clock
    },
    all: () => [...entries.values()].map((entry) => entry.event),
    again: () => {
      takenAt = 0
    },
    has: (tag) => entries.has(tag),
  }
}
