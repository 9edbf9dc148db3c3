import { Effect, type Option, Runtime } from "effect"
import type { ConversationId } from "../domain/conversation/Conversation.ts"
import { type Socket, VoiceGateway, type VoiceConnection } from "../domain/media/VoiceGateway.ts"
import { ServerProblem } from "../domain/media/VoiceProtocol.ts"
import type { User } from "../domain/user/User.ts"

/** A text of the longest, all of it escaped, fits. */
const payloadBytesMax = 32 * 1_024
/** More than this unsent is a page that does not listen any more. */
const unsentBytesMax = 256 * 1_024
/** Without a message or an answered ping for so long a socket counts as lost. */
const idleSeconds = 16
/** Messages that may come before the conversation has taken the socket. */
const earlyMax = 64

const full = 1013
const unknown = 1008
const lagging = 1013
const broken = 1011

export interface VoiceSocketData {
  readonly user: User
  readonly resume: Option.Option<ConversationId>
  connection: VoiceConnection | undefined
  closed: boolean
  readonly early: Array<string | Uint8Array>
}

export const makeData = (user: User, resume: Option.Option<ConversationId>): VoiceSocketData => ({
  user,
  resume,
  connection: undefined,
  closed: false,
  early: [],
})

type ServerSocket = Bun.ServerWebSocket<VoiceSocketData>

const socketOf = (ws: ServerSocket): Socket => ({
  send: (data) => {
    const sent = typeof data === "string" ? ws.sendText(data) : ws.sendBinary(data)
    if (sent === 0 && !ws.data.closed) ws.close(lagging, "does not keep up")
    return sent > 0
  },
  close: (code, reason) => ws.close(code, reason),
})

const refuse = (ws: ServerSocket, code: number, problem: typeof ServerProblem.Type) => {
  ws.sendText(JSON.stringify(problem))
  ws.close(code, problem.code)
}

const begin = (ws: ServerSocket, connection: VoiceConnection) => {
  if (ws.data.closed) return connection.closed()
  ws.data.connection = connection
  for (const message of ws.data.early) connection.received(message)
  ws.data.early.length = 0
}

/** What Bun tells of voice sockets, brought to the gateway. */
export const make = Effect.gen(function* () {
  const gateway = yield* VoiceGateway
  const runFork = Runtime.runFork(yield* Effect.runtime<never>())

  const connect = (ws: ServerSocket) =>
    gateway.connect({ user: ws.data.user, resume: ws.data.resume }, socketOf(ws)).pipe(
      Effect.map((connection) => begin(ws, connection)),
      Effect.catchTags({
        GatewayFull: () =>
          Effect.sync(() => {
            const message = "all places for conversations are taken; try again in a moment"
            refuse(ws, full, ServerProblem.make({ code: "full", message }))
          }),
        NotResumable: () =>
          Effect.sync(() => {
            const message = "this conversation is over; begin a new one"
            refuse(ws, unknown, ServerProblem.make({ code: "not-resumable", message }))
          }),
      }),
      Effect.catchAllCause((cause) =>
        Effect.zipRight(
          Effect.logError("voice socket failed", cause),
          Effect.sync(() => {
            const message = "something went wrong on our side"
            refuse(ws, broken, ServerProblem.make({ code: "internal", message }))
          }),
        ),
      ),
    )

  const handler: Bun.WebSocketHandler<VoiceSocketData> = {
    maxPayloadLength: payloadBytesMax,
    backpressureLimit: unsentBytesMax,
    closeOnBackpressureLimit: false,
    idleTimeout: idleSeconds,
    sendPings: true,
    perMessageDeflate: false,
    open: (ws) => void runFork(connect(ws)),
    message: (ws, data) => {
      if (ws.data.connection !== undefined) return ws.data.connection.received(data)
      if (ws.data.early.length >= earlyMax) return ws.close(unknown, "too early")
      // Bun uses its buffer again.
      ws.data.early.push(typeof data === "string" ? data : new Uint8Array(data))
    },
    drain: (ws) => ws.data.connection?.drained(),
    close: (ws) => {
      ws.data.closed = true
      ws.data.connection?.closed()
    },
  }
  return handler
})
