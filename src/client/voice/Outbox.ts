import type { MessageId } from "../../domain/conversation/Message.ts"

/** Typed messages that wait for their acknowledgement at most. */
export const unacknowledgedMax = 32

export interface Waiting {
  readonly messageId: MessageId
  readonly text: string
}

/** Typed messages that are not durable yet: what a person typed while the connection was away is sent when it is back. Ids make a repetition harmless. */
export class Outbox {
  readonly #waiting = new Map<MessageId, string>()

  /** False: too many wait; the message was not taken. */
  add(messageId: MessageId, text: string): boolean {
    if (this.#waiting.size >= unacknowledgedMax) return false
    this.#waiting.set(messageId, text)
    return true
  }

  /** The server has said what became of it. */
  settle(messageId: MessageId): void {
    this.#waiting.delete(messageId)
  }

  get all(): ReadonlyArray<Waiting> {
    return [...this.#waiting].map(([messageId, text]) => ({ messageId, text }))
  }
}
