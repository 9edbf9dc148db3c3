import { Effect } from "effect"
import type { Room } from "livekit-client"
import type { MessageId } from "../../../domain/conversation/Message.ts"
import type { Outbox } from "../Outbox.ts"
import { interrupt, sayGoodbye, write } from "./Assistant.ts"

interface Met {
  readonly room: Room
  /** The identity of the assistant that has answered. */
  readonly assistant: string
}

/** The page's way to the assistant, whichever holds the conversation now. Without one typed text waits. */
export class RoomLink {
  #met: Met | undefined
  readonly #outbox: Outbox

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  /** From its answer on; sends the typed messages that are not stored yet. */
  attach(met: Met): void {
    this.#met = met
    this.again()
  }

  /** Sends what is not stored yet once more: it may have been lost on the way, and its id makes a repetition harmless. */
  again(): void {
    const met = this.#met
    if (met === undefined) return
    Effect.runFork(Effect.forEach(this.#outbox.all, (waiting) => write(met.room, met.assistant, waiting)))
  }

  detach(): void {
    this.#met = undefined
  }

  /** False: too many wait already. */
  text(messageId: MessageId, text: string): boolean {
    const taken = this.#outbox.add(messageId, text)
    const met = this.#met
    if (taken && met !== undefined) Effect.runFork(write(met.room, met.assistant, { messageId, text }))
    return taken
  }

  settle(messageId: MessageId): void {
    this.#outbox.settle(messageId)
  }

  interrupt(): void {
    const met = this.#met
    if (met !== undefined) Effect.runFork(interrupt(met.room, met.assistant))
  }

  /** False: there is no assistant, or it did not hear it. */
  get goodbye(): Effect.Effect<boolean> {
    const met = this.#met
    return met === undefined ? Effect.succeed(false) : sayGoodbye(met.room, met.assistant)
  }
}
