import type { Turn } from "../../domain/analytics/Turn.ts"
import type { Notice, ToolUsed } from "../../domain/media/ConversationEvent.ts"
import type { MessageId } from "../../domain/conversation/Message.ts"

/** Whether a message is durable yet. */
export type Stored = "pending" | "stored" | "failed"

interface Said {
  readonly id: MessageId
  /** When the page first heard of it, in epoch milliseconds. */
  readonly at: number
  readonly text: string
  readonly final: boolean
  readonly stored: Stored
  /** The turn that this message ended, once it is known. */
  readonly turn?: Turn
}

export interface PersonEntry extends Said {
  readonly _tag: "Person"
  readonly source: "speech" | "text"
  /** Who it was, where several people talk and it was not the person at this page. */
  readonly speaker?: string
}

/** `text` was heard. `rest`: written and not heard yet or, after an interruption, never. */
export interface AssistantEntry extends Said {
  readonly _tag: "Assistant"
  readonly rest: string
  readonly interrupted: boolean
}

export interface ToolEntry {
  readonly _tag: "Tool"
  readonly id: string
  readonly messageId: MessageId
  readonly at: number
  readonly name: string
  readonly status: typeof ToolUsed.Type.status
}

/** Of the nth tool of an answer, from 0: the same whether it was heard of or is read from the store. */
export const toolId = (messageId: MessageId, index: number): string => `${messageId}-${index}`

export interface NoticeEntry {
  readonly _tag: "Notice"
  readonly id: string
  readonly at: number
  readonly code: typeof Notice.Type.code
  readonly message: string
}

/** One line of the transcript. */
export type Entry = PersonEntry | AssistantEntry | ToolEntry | NoticeEntry
