import { Option } from "effect"
import type { MessageId } from "../../domain/conversation/Message.ts"
import type { Said } from "./Answers.ts"
import * as Endpointing from "./Endpointing.ts"

interface Part {
  readonly segment: number
  readonly text: string
  readonly confidence: number
}

/** Words that were said and not yet answered. */
export interface Unfinished {
  readonly messageId: MessageId
  /** In the order in which they were said. */
  readonly parts: ReadonlyArray<Part>
  readonly lastSoundAt: number
  readonly finalAt: number
}

export interface HeardWords {
  readonly text: string
  readonly confidence: number
  readonly finalAt: number
  /** The message's id, unless these words go on with an unfinished one. */
  readonly messageId: MessageId
}

/** The person's side of a conversation, as far as we have heard: plain state, changed only by the conversation's loop. */
export const make = () => {
  let speaking = false
  /** The segment that the person speaks, or spoke last. */
  let newest = -1
  let pauses = Endpointing.noPauses
  /** A segment that goes on from one which held no words: sound that is nobody's, such as a television, until it brings some. */
  let noise = -1
  let endedAt = -1
  /** The newest segment began where the one before it was cut. */
  let goesOn = false
  /** Segments whose words are not known yet. */
  const awaited = new Set<number>()
  let unfinished: Unfinished | undefined
  let lastSoundAt = 0
  /** The pause after which the person began to speak again, while the turn was not over. */
  let pauseMillis: number | undefined

  const isSpeaking = () => speaking && newest !== noise

  return {
    started: (segment: number, at: number) => {
      goesOn = at === endedAt
      if (noise === newest && goesOn) noise = segment
      speaking = true
      newest = segment
      awaited.add(segment)
      pauseMillis = unfinished === undefined ? undefined : at - unfinished.lastSoundAt
    },
    ended: (soundAt: number, at: number) => {
      speaking = false
      lastSoundAt = soundAt
      endedAt = at
      // A recogniser may be done before the person is.
      if (unfinished?.parts.some(({ segment }) => segment === newest) === true)
        unfinished = { ...unfinished, lastSoundAt: soundAt }
    },
    heardNothing: (segment: number) => {
      awaited.delete(segment)
      if (speaking && goesOn && newest === segment + 1) noise = newest
    },
    /** There are words in the segment. */
    hasWords: (segment: number) => {
      if (segment === noise) noise = -1
    },
    heardWords: (segment: number, words: HeardWords) => {
      awaited.delete(segment)
      noise = -1
      if (pauseMillis !== undefined) pauses = Endpointing.learn(pauses, pauseMillis)
      pauseMillis = undefined
      const { confidence, finalAt, text } = words
      const part = { segment, text, confidence }
      unfinished = {
        messageId: unfinished?.messageId ?? words.messageId,
        // Recognisers need not be done in order.
        parts: [...(unfinished?.parts ?? []), part].sort((one, other) => one.segment - other.segment),
        lastSoundAt: speaking && segment === newest ? finalAt : lastSoundAt,
        finalAt,
      }
    },
    /** Neither speaking nor with words still in the recogniser. */
    isQuiet: () => !isSpeaking() && [...awaited].every((segment) => segment === noise),
    isSpeaking,
    unfinished: () => unfinished,
    pauses: () => pauses,
    /** Takes the words away: they are a message now. */
    take: () => {
      const taken = unfinished
      unfinished = undefined
      pauseMillis = undefined
      return taken
    },
  }
}
export type Person = ReturnType<typeof make>

export const textOf = ({ parts }: Unfinished): string => parts.map(({ text }) => text).join(" ")

export const confidenceOf = ({ parts }: Unfinished): number =>
  parts.reduce((sum, { confidence }) => sum + confidence, 0) / parts.length

export const saidOf = (unfinished: Unfinished, speaker?: string): Said => ({
  text: textOf(unfinished),
  source: "speech",
  speaker,
  originMillis: unfinished.lastSoundAt,
  finalTranscriptMillis: Option.some(unfinished.finalAt),
})
