import {
  AvailabilityRequest,
  Job,
  JobAssignment,
  JobTermination,
  RegisterWorkerResponse,
  Room,
  ServerMessage,
  WorkerMessage,
  WorkerPong,
} from "@livekit/protocol"
import type { ServerWebSocket } from "bun"
import { Effect, Option } from "effect"

type Said = WorkerMessage["message"]

/** How the server behaves; may be changed while it runs. */
export interface Manners {
  registers: boolean
  pongs: boolean
}

const parse = Option.liftThrowable((bytes: Uint8Array) => WorkerMessage.fromBinary(bytes).message)
const encode = (message: ServerMessage["message"]) => new Uint8Array(new ServerMessage({ message }).toBinary())
const jobOf = (id: string) =>
  new Job({ id, dispatchId: `AD_${id}`, room: new Room({ name: `room-${id}` }), metadata: "" })

/** LiveKit's path for workers, made by hand: it says what a real server never would, or nothing at all. */
export const make = Effect.gen(function* () {
  const manners: Manners = { registers: true, pongs: true }
  const said: Array<Said> = []
  const authorizations: Array<string> = []
  let sockets: ReadonlyArray<ServerWebSocket<undefined>> = []

  const answer = (socket: ServerWebSocket<undefined>, message: Said) => {
    if (message.case === "register" && manners.registers) {
      socket.send(encode({ case: "register", value: new RegisterWorkerResponse({ workerId: "AW_1" }) }))
    }
    if (message.case === "ping" && manners.pongs) socket.send(encode({ case: "pong", value: new WorkerPong() }))
  }
  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      Bun.serve<undefined>({
        port: 0,
        hostname: "127.0.0.1",
        fetch: (request, server) => {
          authorizations.push(request.headers.get("authorization") ?? "")
          if (new URL(request.url).pathname === "/base/agent" && server.upgrade(request)) return undefined
          return new Response("no", { status: 401 })
        },
        websocket: {
          sendPings: false,
          open: (socket) => void (sockets = [...sockets, socket]),
          close: (socket) => void (sockets = sockets.filter((each) => each !== socket)),
          message: (socket, data) => {
            if (typeof data === "string") return
            const message = Option.getOrUndefined(parse(new Uint8Array(data)))
            if (message === undefined) return
            said.push(message)
            answer(socket, message)
          },
        },
      }),
    ),
    (server) => Effect.promise(() => server.stop(true)),
  )
  const sendAll = (data: Uint8Array<ArrayBuffer> | string) =>
    Effect.sync(() => {
      for (const socket of sockets) socket.send(data)
    })

  return {
    url: new URL(`ws://127.0.0.1:${server.port}/base`),
    manners,
    authorizations,
    open: () => sockets.length,
    sendAll,
    offer: (id: string) =>
      sendAll(encode({ case: "availability", value: new AvailabilityRequest({ job: jobOf(id) }) })),
    assign: (id: string) => sendAll(encode({ case: "assignment", value: new JobAssignment({ job: jobOf(id) }) })),
    terminate: (jobId: string) => sendAll(encode({ case: "termination", value: new JobTermination({ jobId }) })),
    heard: {
      register: () => said.flatMap((message) => (message.case === "register" ? [message.value] : [])),
      availability: () => said.flatMap((message) => (message.case === "availability" ? [message.value] : [])),
      updateWorker: () => said.flatMap((message) => (message.case === "updateWorker" ? [message.value] : [])),
      updateJob: () => said.flatMap((message) => (message.case === "updateJob" ? [message.value] : [])),
    },
  }
})
export type FakeAgentServer = Effect.Effect.Success<typeof make>
