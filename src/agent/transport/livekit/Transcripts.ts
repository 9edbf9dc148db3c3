import type { ConversationEvent } from "../../../domain/media/ConversationEvent.ts"

/** A side's words as LiveKit's own clients are told them: whole each time, under the message's id. */
export interface Transcript {
  readonly segmentId: string
  readonly text: string
  readonly final: boolean
  /** None: the assistant. */
  readonly by: { readonly speaker: string | undefined } | undefined
}

/** What waits to be sent, each segment at its newest; when there are too many, the oldest are given up. */
export interface Transcripts {
  readonly add: (event: ConversationEvent) => void
  readonly next: () => Transcript | undefined
  readonly isEmpty: () => boolean
}

/** What was typed is not told: the page shows it as it sent it. */
const transcriptOf = (event: ConversationEvent): Transcript | undefined => {
  if (event._tag === "UserTranscript" && event.source === "speech") {
    return { segmentId: event.messageId, text: event.text, final: event.final, by: { speaker: event.speaker } }
  }
  if (event._tag === "AssistantTranscript" && (event.text !== "" || event.final)) {
    return { segmentId: event.messageId, text: event.text, final: event.final, by: undefined }
  }
  return undefined
}

export const make = (transcriptsMax: number): Transcripts => {
  const waiting = new Map<string, Transcript>()
  let latest: Transcript | undefined

  return {
    add: (event) => {
      const transcript = transcriptOf(event)
      if (transcript === undefined) return
      const { final, segmentId, text } = transcript
      if (latest?.segmentId === segmentId && latest.text === text && latest.final === final) return
      latest = transcript
      waiting.set(segmentId, transcript)
      if (waiting.size > transcriptsMax) waiting.delete([...waiting.keys()][0] ?? segmentId)
    },
    next: () => {
      const [first] = waiting.values()
      if (first !== undefined) waiting.delete(first.segmentId)
      return first
    },
    isEmpty: () => waiting.size === 0,
  }
}
