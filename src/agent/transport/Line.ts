import { Metric } from "effect"
import type { ConversationId } from "../../domain/conversation/Conversation.ts"
import type { ConversationEvent } from "../../domain/media/ConversationEvent.ts"
import type { ServerProblem } from "../../domain/media/VoiceProtocol.ts"
import { TransportInput } from "../../domain/media/VoiceTransport.ts"
import type { User } from "../../domain/user/User.ts"
import * as EventLog from "./EventLog.ts"
import * as InputQueue from "./InputQueue.ts"
import * as Playout from "./Playout.ts"
import * as Signal from "./Signal.ts"
import type { SocketLink } from "./SocketLink.ts"
import { socketProblems } from "./TransportMetrics.ts"
import type { WebSocketPolicy } from "./WebSocketPolicy.ts"

export interface LineOptions {
  readonly conversationId: ConversationId
  readonly user: User
  /** Samples a second of the voice. */
  readonly outputSampleRate: number
  /** For the page to show. */
  readonly languageModel: string
  readonly policy: WebSocketPolicy
}

/**
 * The state of one person's end of a conversation. Sockets call back outside of any fiber, so it is plain and changed at
 * once; each change is told to `signal`.
 */
export interface Line {
  readonly options: LineOptions
  /** Milliseconds. */
  readonly now: () => number
  readonly signal: Signal.Signal
  readonly playout: Playout.Playout
  readonly inputs: InputQueue.InputQueue
  readonly log: EventLog.EventLog
  /** The socket that is open now. */
  link: SocketLink | undefined
  connections: number
  /** The person is gone for good. */
  left: boolean
}

export const make = (options: LineOptions, now: () => number): Line => {
  const signal = Signal.make()
  return {
    options,
    now,
    signal,
    playout: Playout.make(options.outputSampleRate, options.policy),
    inputs: InputQueue.make(options.policy, signal),
    log: EventLog.make(options.policy.eventsMax),
    link: undefined,
    connections: 0,
    left: false,
  }
}

/** Sends what the page was not told yet, as far as its socket has room. */
export const flush = (line: Line) => {
  if (line.link === undefined || line.link.isFull()) return
  for (const event of line.log.untaken()) line.link.message(event)
  line.log.taken()
}

export const tell = (line: Line, event: ConversationEvent) => {
  line.log.add(event)
  flush(line)
}

/** The socket is gone, or is being given up; the conversation waits for another one. */
export const detach = (line: Line) => {
  if (line.link === undefined) return
  line.link = undefined
  line.playout.away(line.now())
  line.inputs.offer(TransportInput.Disconnected())
  line.signal.notify()
}

export const leave = (line: Line) => {
  line.left = true
  line.inputs.end()
  line.signal.notify()
}

/** Closes a link for a reason that the person is told. */
export const refuse = (line: Line, link: SocketLink, code: number, problem: typeof ServerProblem.Type) => {
  socketProblems.pipe(Metric.tagged("code", problem.code)).unsafeUpdate(1, [])
  link.message(problem)
  link.close(code, problem.code)
  if (line.link === link) detach(line)
}
