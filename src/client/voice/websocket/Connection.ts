import { Effect, Option, Queue, type Scope } from "effect"
import type { ServerMessage, ServerWelcome } from "../../../domain/media/VoiceProtocol.ts"
import type { AudioUnavailable } from "../../audio/AudioContextScope.ts"
import type { Playback } from "../../audio/Playback.ts"
import type { Link } from "./Link.ts"
import { reconnectPolicy } from "../ReconnectPolicy.ts"
import { decodeServerMessage, decodeVoiceFrame } from "./ServerFrame.ts"
import { openVoiceSocket, SocketUnreachable } from "./VoiceSocket.ts"

/** Why a socket is no more: `over` is final and has been told; `lost` may be tried again. */
export type Outcome = { readonly _tag: "Over" } | { readonly _tag: "Lost"; readonly welcome: typeof ServerWelcome.Type }

export interface ConnectionOptions {
  readonly url: URL
  readonly link: Link
  readonly received: (message: ServerMessage) => Effect.Effect<void>
  /** The speaker, opened with the first welcome and kept over reconnections. */
  readonly speaker: (sampleRate: number) => Effect.Effect<Playback, AudioUnavailable>
}

type Socket = Effect.Effect.Success<ReturnType<typeof openVoiceSocket>>

const welcomed = (socket: Socket) =>
  Effect.gen(function* () {
    const first = yield* Queue.take(socket.incoming)
    return typeof first === "string"
      ? yield* Effect.mapError(decodeServerMessage(first), () => new SocketUnreachable())
      : yield* new SocketUnreachable()
  }).pipe(Effect.timeoutFail({ duration: reconnectPolicy.openWithinMillis, onTimeout: () => new SocketUnreachable() }))

const takeBinary = (data: ArrayBuffer, playback: Playback) =>
  Option.match(decodeVoiceFrame(data), {
    onNone: () => undefined,
    onSome: (frame) => playback.play(frame.generation, frame.pcm),
  })

const isOver = (message: ServerMessage) => message._tag === "Problem" || message._tag === "Ended"

/** One socket, from opening to its close. */
export const connection = (
  options: ConnectionOptions,
): Effect.Effect<Outcome, SocketUnreachable | AudioUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const socket = yield* openVoiceSocket(options.url)
    const welcome = yield* welcomed(socket)
    if (isOver(welcome)) {
      yield* options.received(welcome)
      return { _tag: "Over" }
    }
    if (welcome._tag !== "Welcome") return yield* new SocketUnreachable()
    const playback = yield* options.speaker(welcome.outputSampleRate)
    yield* Effect.acquireRelease(
      Effect.sync(() => options.link.attach(socket)),
      () => Effect.sync(() => options.link.detach()),
    )
    yield* options.received(welcome)
    for (;;) {
      const data = yield* Queue.take(socket.incoming)
      if (data === undefined) return { _tag: "Lost", welcome }
      if (typeof data !== "string") {
        takeBinary(data, playback)
        continue
      }
      const message = Option.getOrUndefined(decodeServerMessage(data))
      if (message === undefined) continue
      if (message._tag === "Stop") playback.stop(message.generation)
      yield* options.received(message)
      if (isOver(message)) return { _tag: "Over" }
    }
  })
