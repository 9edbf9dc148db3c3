import type { MessageId } from "../../../domain/conversation/Message.ts"
import type { ClientMessage } from "../../../domain/media/VoiceProtocol.ts"
import type { Outbox } from "../Outbox.ts"
import { AudioSendQueue } from "./AudioSendQueue.ts"
import type { VoiceSocket } from "./VoiceSocket.ts"

/** The page's way to the conversation, whichever socket carries it now. Without one, audio is let go and typed text waits. */
export class Link {
  #socket: VoiceSocket | undefined
  readonly #audio = new AudioSendQueue()
  readonly #outbox: Outbox

  constructor(outbox: Outbox) {
    this.#outbox = outbox
  }

  /** From the welcome on; sends the typed messages that the server has not acknowledged. */
  attach(socket: VoiceSocket): void {
    this.#socket = socket
    for (const waiting of this.#outbox.all) socket.send({ _tag: "Text", ...waiting })
  }

  detach(): void {
    this.#socket = undefined
    this.#audio.clear()
  }

  audio(frame: ArrayBuffer): void {
    const socket = this.#socket
    if (socket !== undefined)
      this.#audio.offer(frame, { bufferedAmount: socket.bufferedAmount, send: socket.sendAudio })
  }

  /** False: too many wait already. */
  text(messageId: MessageId, text: string): boolean {
    const taken = this.#outbox.add(messageId, text)
    if (taken) this.#socket?.send({ _tag: "Text", messageId, text })
    return taken
  }

  settle(messageId: MessageId): void {
    this.#outbox.settle(messageId)
  }

  /** What makes sense only now: lost when there is no socket. */
  now(message: ClientMessage): void {
    this.#socket?.send(message)
  }
}
