import { Data, Deferred, Duration, Effect, Queue, Redacted, Schedule, type Scope } from "effect"
import type { WorkerGrant } from "../../../domain/media/MediaServer.ts"
import type { DoorPolicy } from "./DoorPolicy.ts"
import { within } from "../../../domain/Within.ts"
import * as ServerSaid from "./ServerSaid.ts"
import * as WorkerSays from "./WorkerSays.ts"

/** There is no connection, or not any more. */
export class WorkerSocketLost extends Data.TaggedError("WorkerSocketLost")<{
  readonly reason: "open" | "register" | "closed" | "silent" | "backlog"
  readonly detail: string
}> {
  override get message(): string {
    return `LiveKit worker socket, ${this.reason}: ${this.detail}`
  }
}

export interface WorkerSocket {
  /** The next thing that the server said; waits for it. What cannot be understood is left out. */
  readonly next: Effect.Effect<ServerSaid.ServerSaid>
  /** Never waits; nothing happens once the socket is lost. */
  readonly send: (message: Uint8Array<ArrayBuffer>) => void
  /** Fails once the socket is lost. */
  readonly lost: Effect.Effect<never, WorkerSocketLost>
}

const addressOf = ({ url }: WorkerGrant): string => {
  const address = new URL(url)
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/agent`
  return address.href
}

/** For the closing handshake. */
const closeWithin = "500 millis"

interface Ears {
  readonly heard: (data: unknown) => void
  readonly gone: (detail: string) => void
}

/** What was sent before still goes out, unless the server is gone. */
const closed = (socket: Bun.WebSocket): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (socket.readyState === WebSocket.CLOSED) return resume(Effect.void)
    socket.addEventListener("close", () => resume(Effect.void), { once: true })
    socket.close(1000)
  })

/** The one place that touches the runtime's WebSocket. Bun's also sends headers, which the standard's types do not know. */
const connect = (grant: WorkerGrant, ears: Ears): Effect.Effect<Bun.WebSocket, WorkerSocketLost, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const headers = { authorization: `Bearer ${Redacted.value(grant.token)}` }
      const socket: Bun.WebSocket = Reflect.construct(WebSocket, [addressOf(grant), { headers }])
      socket.binaryType = "arraybuffer"
      socket.addEventListener("message", ({ data }) => ears.heard(data))
      socket.addEventListener("error", () => ears.gone("the connection failed"))
      socket.addEventListener("close", ({ code, reason }) => ears.gone(`code ${code} ${reason}`.trim()))
      return socket
    }),
    (socket) => closed(socket).pipe(within(closeWithin), Effect.zipRight(Effect.sync(() => socket.terminate()))),
  )

const opened = (socket: Bun.WebSocket): Effect.Effect<void> =>
  Effect.async((resume) => {
    const open = () => resume(Effect.void)
    if (socket.readyState === WebSocket.OPEN) return open()
    socket.addEventListener("open", open, { once: true })
    return Effect.sync(() => socket.removeEventListener("open", open))
  })

/** A connection to the server's path for workers, until the scope closes. It is watched: a dead one is lost within `silenceMax`. */
export const open = Effect.fn("WorkerSocket.open")(function* (
  grant: WorkerGrant,
  policy: DoorPolicy,
): Effect.fn.Return<WorkerSocket, WorkerSocketLost, Scope.Scope> {
  const clock = yield* Effect.clock
  const said = yield* Queue.dropping<ServerSaid.ServerSaid>(policy.incomingMax)
  const loss = yield* Deferred.make<never, WorkerSocketLost>()
  const lose = (reason: WorkerSocketLost["reason"], detail: string) =>
    Deferred.unsafeDone(loss, Effect.fail(new WorkerSocketLost({ reason, detail })))
  let heardAtMillis = clock.unsafeCurrentTimeMillis()
  let isOpen = false

  const socket = yield* connect(grant, {
    heard: (data) => {
      heardAtMillis = clock.unsafeCurrentTimeMillis()
      if (!(data instanceof ArrayBuffer)) return
      const message = ServerSaid.decode(new Uint8Array(data))
      if (message._tag === "Pong" || message._tag === "Unknown") return
      if (!said.unsafeOffer(message)) lose("backlog", `${policy.incomingMax} messages wait to be handled`)
    },
    gone: (detail) => lose(isOpen ? "closed" : "open", detail),
  })
  const lost = Deferred.await(loss)
  const tooLate = new WorkerSocketLost({ reason: "open", detail: "no answer" })
  yield* opened(socket).pipe(
    Effect.raceFirst(lost),
    Effect.timeoutFail({ duration: policy.openWithin, onTimeout: () => tooLate }),
  )
  isOpen = true

  const send = (message: Uint8Array<ArrayBuffer>) => {
    if (socket.readyState !== WebSocket.OPEN) return
    if (socket.bufferedAmount > policy.outgoingBytesMax) {
      return lose("backlog", `${socket.bufferedAmount} bytes wait to be sent`)
    }
    socket.send(message)
  }
  const watch = Effect.sync(() => {
    const now = clock.unsafeCurrentTimeMillis()
    const silentMillis = now - heardAtMillis
    if (silentMillis <= Duration.toMillis(policy.silenceMax)) send(WorkerSays.ping(now))
    else lose("silent", `nothing was heard for ${Math.round(silentMillis)} ms`)
  })
  yield* Effect.forkScoped(Effect.repeat(watch, Schedule.spaced(policy.pingEvery)))
  return { next: Queue.take(said), send, lost }
})
