import type { ServerMessage } from "../../domain/media/VoiceProtocol.ts"
import type { Socket } from "../../domain/media/VoiceGateway.ts"
import { encodeAudio, encodeMessage } from "./DownFrames.ts"

/** One open socket of one person, until it is closed by either side. */
export interface SocketLink {
  readonly isOpen: () => boolean
  /** The socket's buffer is full. */
  readonly isFull: () => boolean
  readonly hasRoom: () => void
  readonly message: (message: ServerMessage) => void
  readonly audio: (generation: number, samples: Int16Array) => void
  /** Idempotent; the first code counts. */
  readonly close: (code: number, reason: string) => void
  /** The socket is gone without us. */
  readonly lost: () => void
}

export const make = (socket: Socket): SocketLink => {
  let open = true
  let full = false
  const send = (data: string | Uint8Array) => {
    if (open && !socket.send(data)) full = true
  }
  return {
    isOpen: () => open,
    isFull: () => full,
    hasRoom: () => {
      full = false
    },
    message: (message) => send(encodeMessage(message)),
    audio: (generation, samples) => send(encodeAudio(generation, samples)),
    close: (code, reason) => {
      if (!open) return
      open = false
      socket.close(code, reason)
    },
    lost: () => {
      open = false
    },
  }
}
