import type { Turn } from "../../domain/analytics/Turn.ts"
import type { Message } from "../../domain/conversation/Message.ts"
import type { Entry } from "./Entry.ts"

/** A turn that can have had this answer to this question, as far as their outcomes and sources tell. */
const fits = (turn: Turn, answer: Message, question: Message | undefined): boolean => {
  if (turn.source !== (question === undefined ? "assistant" : (question.metadata.source ?? "speech"))) return false
  if (turn.startedAt.epochMillis > answer.timestamp.epochMillis) return false
  const cut = answer.metadata.unheard !== undefined
  if (turn.outcome === "interrupted") return cut
  return turn.outcome !== "answered" || !cut
}

/**
 * Which turn each answer belongs to. Turns do not name their messages, and an answer that was cut off is stamped after the
 * next turn has begun, so times alone do not tell: both are gone through in order, and a turn that fits no answer had none.
 */
const turnsOf = (messages: ReadonlyArray<Message>, turns: ReadonlyArray<Turn>): ReadonlyMap<Message, Turn> => {
  const found = new Map<Message, Turn>()
  let left = [...turns].sort((a, b) => a.index - b.index)
  let question: Message | undefined
  for (const message of messages) {
    if (message.role === "user") question = message
    if (message.role !== "assistant") continue
    const asked = question
    const index = left.findIndex((turn) => fits(turn, message, asked))
    const turn = left[index]
    if (turn !== undefined) {
      found.set(message, turn)
      left = left.slice(index + 1)
    }
    question = undefined
  }
  return found
}

const toolsOf = (message: Message): ReadonlyArray<Entry> =>
  (message.metadata.tools ?? []).map((name, index) => ({
    _tag: "Tool",
    id: `${message.id}-${index}`,
    messageId: message.id,
    at: message.timestamp.epochMillis,
    name,
    status: "done",
  }))

const assistantOf = (message: Message, turn: Turn | undefined): Entry => ({
  _tag: "Assistant",
  id: message.id,
  at: message.timestamp.epochMillis,
  text: message.content,
  rest: message.metadata.unheard ?? "",
  final: true,
  interrupted: message.metadata.unheard !== undefined,
  stored: "stored",
  ...(turn === undefined ? {} : { turn }),
})

const personOf = (message: Message): Entry => ({
  _tag: "Person",
  id: message.id,
  at: message.timestamp.epochMillis,
  text: message.content,
  final: true,
  source: message.metadata.source ?? "speech",
  stored: "stored",
})

/** A stored conversation as a transcript. System messages are not part of what was said. */
export const entriesOf = (messages: ReadonlyArray<Message>, turns: ReadonlyArray<Turn>): ReadonlyArray<Entry> => {
  const answered = turnsOf(messages, turns)
  return messages.flatMap((message) => {
    if (message.role === "user") return [personOf(message)]
    if (message.role === "assistant") return [...toolsOf(message), assistantOf(message, answered.get(message))]
    return []
  })
}
