import type { Turn } from "../../domain/analytics/Turn.ts"
import type { Message } from "../../domain/conversation/Message.ts"
import { type Entry, toolId } from "./Entry.ts"

const toolsOf = (message: Message): ReadonlyArray<Entry> =>
  (message.metadata.tools ?? []).map((name, index) => ({
    _tag: "Tool",
    id: toolId(message.id, index),
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
  const answered = new Map(turns.map((turn) => [turn.answerId, turn]))
  return messages.flatMap((message) => {
    if (message.role === "user") return [personOf(message)]
    if (message.role === "assistant") return [...toolsOf(message), assistantOf(message, answered.get(message.id))]
    return []
  })
}
