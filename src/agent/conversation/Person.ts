import { Option } from "effect"
import type { MessageId } from "../../domain/conversation/Message.ts"
import type { Said } from "./Answers.ts"
import * as Endpointing from "./Endpointing.ts"

/** Words that were said and not yet answered. */
export interface Unfinished {
  readonly messageId: MessageId
  readonly texts: ReadonlyArray<string>
  readonly confidences: ReadonlyArray<number>
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
  let pauses = Endpointing.noPauses
  /** Segments whose words are not known yet. */
  const awaited = new Set<number>()
  let unfinished: Unfinished | undefined
  let lastSoundAt = 0
  /** The pause after which the person began to speak again, while the turn was not over. */
  let pauseMillis: number | undefined

  return {
    started: (segment: number, at: number) => {
      speaking = true
      awaited.add(segment)
      pauseMillis = unfinished === undefined ? undefined : at - unfinished.lastSoundAt
    },
    ended: (soundAt: number) => {
      speaking = false
      lastSoundAt = soundAt
    },
    heardNothing: (segment: number) => void awaited.delete(segment),
    heardWords: (segment: number, words: HeardWords) => {
      awaited.delete(segment)
      if (pauseMillis !== undefined) pauses = Endpointing.learn(pauses, pauseMillis)
      pauseMillis = undefined
      unfinished = {
        messageId: unfinished?.messageId ?? words.messageId,
        texts: [...(unfinished?.texts ?? []), words.text],
        confidences: [...(unfinished?.confidences ?? []), words.confidence],
        lastSoundAt,
        finalAt: words.finalAt,
      }
    },
    /** Neither speaking nor with words still in the recogniser. */
    isQuiet: () => !speaking && awaited.size === 0,
    isSpeaking: () => speaking,
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

export const textOf = (unfinished: Unfinished): string => unfinished.texts.join(" ")

export const confidenceOf = ({ confidences }: Unfinished): number =>
  confidences.reduce((sum, confidence) => sum + confidence, 0) / confidences.length

export const saidOf = (unfinished: Unfinished): Said => ({
  text: textOf(unfinished),
  source: "speech",
  originMillis: unfinished.lastSoundAt,
  finalTranscriptMillis: Option.some(unfinished.finalAt),
})
