import { Data, Deferred, Effect, Queue, type Scope } from "effect"
import type { ClientMessage } from "../../../domain/media/VoiceProtocol.ts"
import { reconnectPolicy } from "../ReconnectPolicy.ts"

/** The socket did not open. Browsers do not say why. */
export class SocketUnreachable extends Data.TaggedError("SocketUnreachable")<{}> {}

/** Messages that wait to be looked at; the server sends 200 ms of voice ahead at most, so more than this is not a conversation. */
const incomingMax = 1_024

export interface VoiceSocket {
  /** In order: text or binary; undefined: closed, nothing follows. */
  readonly incoming: Queue.Dequeue<string | ArrayBuffer | undefined>
  readonly send: (message: ClientMessage) => void
  readonly sendAudio: (frame: ArrayBuffer) => void
  /** Bytes that the network has not taken yet. */
  readonly bufferedAmount: () => number
}

const listen = (socket: WebSocket, opened: Deferred.Deferred<void, SocketUnreachable>, incoming: VoiceIncoming) => {
  socket.binaryType = "arraybuffer"
  socket.addEventListener("open", () => Deferred.unsafeDone(opened, Effect.void))
  socket.addEventListener("message", (event: MessageEvent<string | ArrayBuffer>) => {
    if (!Queue.unsafeOffer(incoming, event.data)) socket.close()
  })
  socket.addEventListener("close", () => {
    Deferred.unsafeDone(opened, Effect.fail(new SocketUnreachable()))
    // The end must arrive even when the queue is full.
    Effect.runFork(Queue.offer(incoming, undefined))
  })
}
/** A device without a network keeps its sockets open for minutes, and takes audio that nobody gets. */
const closeWhenOffline = (incoming: VoiceIncoming) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const listener = () => Effect.runFork(Queue.offer(incoming, undefined))
      window.addEventListener("offline", listener)
      return listener
    }),
    (listener) => Effect.sync(() => window.removeEventListener("offline", listener)),
  )

type VoiceIncoming = Queue.Queue<string | ArrayBuffer | undefined>

/** Opens the voice socket, and closes it with the scope. */
export const openVoiceSocket = (url: URL): Effect.Effect<VoiceSocket, SocketUnreachable, Scope.Scope> =>
  Effect.gen(function* () {
    const incoming = yield* Effect.acquireRelease(
      Queue.bounded<string | ArrayBuffer | undefined>(incomingMax),
      Queue.shutdown,
    )
    yield* closeWhenOffline(incoming)
    const opened = yield* Deferred.make<void, SocketUnreachable>()
    const socket = yield* Effect.acquireRelease(
      Effect.try({
        try: () => {
          const socket = new WebSocket(url)
          listen(socket, opened, incoming)
          return socket
        },
        catch: () => new SocketUnreachable(),
      }),
      (socket) => Effect.sync(() => socket.close(1_000)),
    )
    yield* Deferred.await(opened).pipe(
      Effect.timeoutFail({ duration: reconnectPolicy.openWithinMillis, onTimeout: () => new SocketUnreachable() }),
    )
    const send = (data: string | ArrayBuffer) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(data)
    }
    return {
      incoming,
      send: (message) => send(JSON.stringify(message)),
      sendAudio: send,
      bufferedAmount: () => socket.bufferedAmount,
    }
  })
