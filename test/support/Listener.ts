import { DateTime } from "effect"
import type { ConversationEvent } from "../../src/domain/media/ConversationEvent.ts"
import { type Outcome, type Person, sampleRate, start } from "./Talk.ts"

/** A stretch of one sound, in milliseconds since the talk began. */
export interface Sound {
  readonly value: number
  readonly from: number
  readonly to: number
}

const since = (atMillis: number) => atMillis - DateTime.toEpochMillis(start)

/** What was heard and when: neighbouring equal samples are one sound. */
export const soundsOf = (person: Person): ReadonlyArray<Sound> => {
  const sounds: Array<{ value: number; from: number; to: number }> = []
  for (const { samples, startMillis } of person.heard()) {
    samples.forEach((value, index) => {
      const from = since(startMillis) + (index * 1000) / sampleRate
      const last = sounds.at(-1)
      if (last !== undefined && last.value === value && from - last.to < 0.5) last.to = from + 1000 / sampleRate
      else sounds.push({ value, from, to: from + 1000 / sampleRate })
    })
  }
  return sounds
}

/** Stretches without any silence between them. */
export const spansOf = (person: Person): ReadonlyArray<{ readonly from: number; readonly to: number }> => {
  const spans: Array<{ from: number; to: number }> = []
  for (const { from, to } of soundsOf(person)) {
    const last = spans.at(-1)
    if (last !== undefined && from - last.to < 0.5) last.to = to
    else spans.push({ from, to })
  }
  return spans
}

/** Above the loudest sample of the tone, so that words and tones can be told apart. */
const firstValue = 6_000

/** A voice that can be understood: every word that it says has its own value, and `words` reads them back. */
export const intelligible = () => {
  const said = new Map<number, string>()
  return {
    sampleOf: (word: string) => {
      const value = firstValue + said.size + 1
      said.set(value, word)
      return value
    },
    /** The words, whole or not, in the order in which they were heard; a tone is left out. */
    words: (person: Person): ReadonlyArray<{ readonly word: string; readonly from: number; readonly to: number }> =>
      soundsOf(person).flatMap(({ from, to, value }) => {
        const word = said.get(value)
        return word === undefined ? [] : [{ word, from, to }]
      }),
  }
}

export const isTone = ({ value }: Sound): boolean => value !== 0 && Math.abs(value) < firstValue

type Tag = ConversationEvent["_tag"]
export type EventOf<T extends Tag> = Extract<ConversationEvent, { readonly _tag: T }>

/** The page's events of one kind, with their time since the talk began. */
export const eventsOf = <T extends Tag>(
  { person }: Pick<Outcome, "person">,
  tag: T,
): ReadonlyArray<EventOf<T> & { readonly at: number }> => {
  const is = (event: ConversationEvent): event is EventOf<T> => event._tag === tag
  return person.events().flatMap(({ atMillis, event }) => (is(event) ? [{ ...event, at: since(atMillis) }] : []))
}

/** Both sides as stored. */
export const linesOf = ({ messages }: Pick<Outcome, "messages">): ReadonlyArray<readonly [string, string]> =>
  messages.map(({ content, role }) => [role, content] as const)

/** What the model was told in one request, without the system prompt. */
export const toldIn = (
  { requests }: Pick<Outcome, "requests">,
  index: number,
): ReadonlyArray<readonly [string, string]> =>
  (requests[index]?.messages ?? []).slice(1).map((message) => {
    switch (message._tag) {
      case "ToolResult":
        return [message._tag, message.result] as const
      case "Assistant":
        return [
          message._tag,
          message.text === "" ? message.toolCalls.map(({ name }) => name).join(" ") : message.text,
        ] as const
      default:
        return [message._tag, message.text] as const
    }
  })

/** The longest silence between two moments, in milliseconds. */
export const longestSilence = (person: Person, from: number, to: number): number => {
  let quietFrom = from
  let longest = 0
  for (const span of [...spansOf(person), { from: to, to }]) {
    if (span.to < from || span.from > to) continue
    longest = Math.max(longest, span.from - quietFrom)
    quietFrom = Math.max(quietFrom, span.to)
  }
  return longest
}

/** The longest silence in the first answer, from the endpoint to its end. */
export const silenceWhileDue = (outcome: Pick<Outcome, "person">): number => {
  const due = eventsOf(outcome, "StateChanged").find(({ state }) => state === "thinking")
  const done = eventsOf(outcome, "TurnEnded")[0]
  return longestSilence(outcome.person, due?.at ?? 0, done?.at ?? 0)
}
