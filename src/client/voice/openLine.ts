import { Effect, type Scope } from "effect"
import type { ParleyClient } from "../api/ParleyClient.ts"
import type { Trouble } from "../conversation/Trouble.ts"
import type { Begun } from "./begin.ts"
import type { Line, LineOptions } from "./Line.ts"
import { openSocketLine } from "./websocket/SocketLine.ts"

interface Options extends LineOptions {
  readonly begun: Begun
}

/** The media server's client is four fifths as large as the page: it is loaded when it is needed. */
export const loadRoomLine = Effect.tryPromise({
  try: () => import("./livekit/RoomLine.ts"),
  catch: (): Trouble => "server-gone",
})

/** The line for the way that the server gave. */
export const openLine = ({ begun, ...options }: Options): Effect.Effect<Line, Trouble, Scope.Scope | ParleyClient> => {
  const { conversationId, isReturn, join } = begun
  if (join._tag === "WebSocket") {
    return openSocketLine({ ...options, path: join.path, resume: isReturn ? conversationId : undefined })
  }
  return Effect.flatMap(loadRoomLine, ({ openRoomLine }) => openRoomLine({ ...options, conversationId, join }))
}
