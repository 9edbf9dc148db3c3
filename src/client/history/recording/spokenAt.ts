import { Option } from "effect"
import type { AssistantEntry, Entry, PersonEntry } from "../../conversation/Entry.ts"

/** Messages tell when they were stored: after the last word. From there a voice of average speed leads back to the first. */
const millisPerCharacter = 65
/** A person has been silent for about so long when their words are taken for finished. */
const endpointMillis = 700

const spokenMillis = (text: string): number => text.length * millisPerCharacter

const assistantAt = ({ at, text, turn }: AssistantEntry): number => {
  const began = Option.flatMap(Option.fromNullable(turn), ({ startedAt, timings }) =>
    Option.map(timings.playout, (millis) => startedAt.epochMillis + millis),
  )
  return Option.getOrElse(began, () => at - spokenMillis(text))
}

/** The turn that answers a message begins with the last sound of it. */
const lastSoundAt = (entry: PersonEntry, after: ReadonlyArray<Entry>): number => {
  const next = after.find((other) => other._tag === "Person" || other._tag === "Assistant")
  const answered = next?._tag === "Assistant" ? next.turn?.startedAt.epochMillis : undefined
  return answered !== undefined && answered <= entry.at ? answered : entry.at - endpointMillis
}

const personAt = (entry: PersonEntry, after: ReadonlyArray<Entry>): number =>
  entry.source === "text" ? entry.at : lastSoundAt(entry, after) - spokenMillis(entry.text)

/** When what each line says began to be heard, in epoch milliseconds; about. Lines that were not said have no time. */
export const spokenAt = (entries: ReadonlyArray<Entry>): ReadonlyMap<Entry, number> => {
  const times = new Map<Entry, number>()
  let previous = Number.NEGATIVE_INFINITY
  entries.forEach((entry, index) => {
    if (entry._tag !== "Person" && entry._tag !== "Assistant") return
    const began = entry._tag === "Assistant" ? assistantAt(entry) : personAt(entry, entries.slice(index + 1))
    // Whoever cut in spoke after what they cut off had begun.
    previous = Math.max(previous, Math.min(began, entry.at))
    times.set(entry, previous)
  })
  return times
}
