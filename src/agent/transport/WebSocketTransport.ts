import { Duration, Effect, Option, type Scope } from "effect"
import type { EndReason } from "../../domain/conversation/Conversation.ts"
import { Ended } from "../../domain/media/ConversationEvent.ts"
import type { Socket, VoiceConnection } from "../../domain/media/VoiceGateway.ts"
import {
  ServerProblem,
  ServerStop,
  ServerWelcome,
  takenOverCode,
  voiceProtocolVersion,
} from "../../domain/media/VoiceProtocol.ts"
import { type Transport, TransportInput } from "../../domain/media/VoiceTransport.ts"
import * as Connection from "./Connection.ts"
import * as Line from "./Line.ts"
import * as SocketLink from "./SocketLink.ts"
import * as Voice from "./Voice.ts"

const normalEnd = 1000
const goingAway = 1001

/** A person's end of a conversation, and what the gateway does with it. What is no effect returns at once. */
export interface LiveTransport {
  readonly transport: Transport
  /** Takes a socket, instead of the one before if there is one. Not to be called once the person has left. */
  readonly attach: (socket: Socket) => VoiceConnection
  readonly hasLeft: () => boolean
  /** Returns once the person has left: by `Leave`, or by not coming back within the grace. */
  readonly left: Effect.Effect<void>
  /** The conversation is over: says `Ended`, unless the engine did, and closes the socket. */
  readonly conclude: (reason: EndReason) => void
}

const welcome = (line: Line.Line, link: SocketLink.SocketLink) => {
  const { conversationId, languageModel, outputSampleRate, policy } = line.options
  const resumed = line.connections > 0
  link.message(
    ServerWelcome.make({
      protocol: voiceProtocolVersion,
      conversationId,
      outputSampleRate,
      resumeWithinMillis: Duration.toMillis(policy.grace),
      resumed,
      languageModel,
    }),
  )
  if (!resumed) return
  const again = line.playout.back(line.now())
  link.message(ServerStop.make({ generation: line.playout.generation() }))
  for (const samples of again) {
    link.audio(line.playout.generation(), samples)
    line.playout.sent(samples, line.now())
  }
}

const attach = (line: Line.Line, socket: Socket): VoiceConnection => {
  if (line.link !== undefined) {
    const message = "this conversation goes on in another window"
    Line.refuse(line, line.link, takenOverCode, ServerProblem.make({ code: "taken-over", message }))
  }
  const link = SocketLink.make(socket)
  welcome(line, link)
  line.link = link
  line.connections += 1
  line.log.again()
  Line.flush(line)
  line.inputs.offer(TransportInput.Connected({ identity: line.options.user.id, name: line.options.user.name }))
  line.signal.notify()
  return Connection.make(line, link)
}

const conclude = (line: Line.Line, reason: EndReason) => {
  if (!line.log.has("Ended")) Line.tell(line, Ended.make({ reason }))
  const link = line.link
  line.link = undefined
  link?.close(reason === "drain" ? goingAway : normalEnd, reason)
  Line.leave(line)
}

/** Ends the waiting for a person who does not come back. */
const watchGrace = (line: Line.Line) =>
  Effect.gen(function* () {
    yield* line.signal.until(() => line.link === undefined)
    const back = yield* line.signal
      .until(() => line.link !== undefined || line.left)
      .pipe(Effect.timeoutOption(line.options.policy.grace))
    if (Option.isNone(back)) Line.leave(line)
  }).pipe(Effect.repeat({ until: () => line.left }))

/** One person's voice over WebSockets: at most one open at a time. The first is to be attached at once. */
export const make = Effect.fn("WebSocketTransport.make")(function* (
  options: Line.LineOptions,
): Effect.fn.Return<LiveTransport, never, Scope.Scope> {
  const clock = yield* Effect.clock
  const line = Line.make(options, () => clock.unsafeCurrentTimeMillis())
  // Whoever makes it may be uninterruptible; a grace that could not be interrupted would never lapse.
  yield* Effect.forkScoped(Effect.interruptible(watchGrace(line)))
  return {
    transport: {
      inputs: line.inputs.stream,
      outputSampleRate: options.outputSampleRate,
      ...Voice.make(line),
      send: (event) => Effect.sync(() => Line.tell(line, event)),
    },
    attach: (socket) => attach(line, socket),
    hasLeft: () => line.left,
    left: line.signal.until(() => line.left),
    conclude: (reason) => conclude(line, reason),
  }
})
