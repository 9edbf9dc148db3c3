import { expect } from "@effect/vitest"
import { Exit } from "effect"
import type { Settings } from "../../src/agent/conversation/ConversationSettings.ts"
import type { Spans } from "./Interleaving.ts"
import { heardValues, type Outcome, sampleRate } from "./Talk.ts"

interface Played {
  readonly outcome: Outcome
  /** What each sample value stands for. */
  readonly words: ReadonlyMap<number, string>
  readonly spans: Spans
}

const wordSamples = (100 * sampleRate) / 1000

/** The words whose every sample was heard, in the order of their first one. */
const wordsHeard = ({ outcome, words }: Played): ReadonlyArray<string> => {
  const samples = new Map<number, number>()
  for (const run of heardValues(outcome.person)) {
    if (words.has(run.value)) samples.set(run.value, (samples.get(run.value) ?? 0) + run.samples)
  }
  return [...samples].flatMap(([value, count]) => {
    expect(count, "no sample is heard twice").toBeLessThanOrEqual(wordSamples)
    return count === wordSamples ? [words.get(value) ?? ""] : []
  })
}

const storedIsHeard = (played: Played) => {
  const stored = played.outcome.messages
    .filter(({ role }) => role === "assistant")
    .flatMap(({ content }) => content.split(" "))
  expect(stored, "stored assistant text is what was played, word for word").toEqual(wordsHeard(played))
}

const neverTwoVoices = ({ outcome }: Played) => {
  let end = 0
  for (const { samples, startMillis } of outcome.person.heard()) {
    expect(startMillis, "one voice at a time").toBeGreaterThanOrEqual(end - 1)
    end = startMillis + (samples.length * 1000) / sampleRate
  }
}

interface Span {
  readonly from: number
  readonly to: number
}

/** When an answer was due: from `thinking` or `speaking` until it was over or held back. */
const dueSpans = ({ outcome, spans }: Played): ReadonlyArray<Span> => {
  const due: Array<Span> = []
  let from: number | undefined
  for (const { atMillis, event } of outcome.person.events()) {
    const begins = event._tag === "StateChanged" && event.state !== "listening"
    const ends = event._tag === "TurnEnded" || event._tag === "Ended" || (event._tag === "StateChanged" && !begins)
    if (begins) from ??= atMillis
    if (ends && from !== undefined) {
      due.push({ from, to: atMillis })
      from = undefined
    }
  }
  return due.filter((span) => !spans.away.some((away) => away.from <= span.to && away.to >= span.from))
}

const neverSilentForLong = (played: Played, settings: Settings) => {
  const heard = played.outcome.person.heard().map(({ samples, startMillis }) => ({
    from: startMillis,
    to: startMillis + (samples.length * 1000) / sampleRate,
  }))
  for (const due of dueSpans(played)) {
    let quietFrom = due.from
    for (const sound of [
      ...heard.filter(({ from, to }) => to > due.from && from < due.to),
      { from: due.to, to: due.to },
    ]) {
      expect(sound.from - quietFrom, "silence while an answer is due").toBeLessThanOrEqual(
        settings.deadAir.silenceMillisMax,
      )
      quietFrom = Math.max(quietFrom, sound.to)
    }
  }
}

/** Detector windows and frames of 60 ms each, beside the 150 ms that are promised. */
const stopMillisMax = 150 + 120

const stopsForThePerson = ({ outcome, spans }: Played, settings: Settings) => {
  for (const { from, to } of spans.spoken) {
    const silentFrom = from + settings.hearing.confirmMillis + stopMillisMax
    for (const { samples, startMillis } of outcome.person.heard()) {
      const end = startMillis + (samples.length * 1000) / sampleRate
      expect(end > silentFrom && startMillis < to && silentFrom < to, "the voice goes on over the person").toBe(false)
    }
  }
}

const hooksInOrder = ({ outcome }: Played) => {
  const calls = outcome.hookCalls
  expect(calls.slice(0, 2)).toEqual(["onRoomJoined", "onParticipantConnected"])
  const reason = Exit.getOrElse(outcome.reason, () => "failed")
  expect(["left", "silence", "drain", "handover"]).toContain(reason)
  expect(calls.at(-1)).toBe(`onRoomLeft ${reason}`)
  for (const call of calls.slice(2, -1)) expect(["onMessageReceived", "onConversationTurn"]).toContain(call)
  expect(outcome.turns.map(({ index }) => index)).toEqual(outcome.turns.map((_, index) => index))
}

const messagesOnceAndInOrder = ({ outcome, spans }: Played) => {
  const ids = outcome.messages.map(({ id }) => id)
  expect(new Set(ids).size, "a message is stored once").toBe(ids.length)
  const times = outcome.messages.map(({ timestamp }) => timestamp.epochMillis)
  expect(times).toEqual([...times].sort((a, b) => a - b))
  const over = Exit.getOrElse(outcome.reason, () => "failed") !== "left"
  for (const id of spans.typed) if (!over) expect(ids).toContain(id)
}

const shownWordsAreStored = ({ outcome }: Played) => {
  const stored = outcome.messages
    .filter(({ role }) => role === "user")
    .map(({ content }) => content)
    .join(" ")
  for (const { event } of outcome.person.events()) {
    if (event._tag !== "UserTranscript" || event.source !== "speech") continue
    for (const question of event.text.match(/question\d+ please/g) ?? []) {
      expect(
        stored.split(`${question} `).length + stored.split(question).length,
        "recognised words are stored",
      ).toBeGreaterThan(2)
    }
  }
}

/** What was on its way when the end came is still heard, and nothing after it. */
const handoverMillisMax = 220

const endsAtOnceForAnother = ({ outcome, spans }: Played) => {
  const at = spans.endedFor?.at
  if (spans.endedFor?.reason !== "handover" || at === undefined) return
  for (const { startMillis } of outcome.person.heard()) {
    expect(startMillis, "the voice goes on after a handover").toBeLessThanOrEqual(at + handoverMillisMax)
  }
  const told = outcome.person.events().filter(({ event }) => event._tag === "Ended")
  expect(told, "nobody is told of an end").toEqual([])
}

const namesAreTold = ({ outcome, spans }: Played) => {
  if (spans.someNamed) return
  for (const { metadata } of outcome.messages) expect(metadata.speaker).toBeUndefined()
}

/** Everything that must hold of any talk. */
export const checkAll = (played: Played, settings: Settings): void => {
  expect(played.outcome.fibersLeft, "no fiber outlives the conversation").toBe(0)
  neverTwoVoices(played)
  storedIsHeard(played)
  neverSilentForLong(played, settings)
  stopsForThePerson(played, settings)
  hooksInOrder(played)
  messagesOnceAndInOrder(played)
  shownWordsAreStored(played)
  endsAtOnceForAnother(played)
  namesAreTold(played)
}
