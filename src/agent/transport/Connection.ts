import type { VoiceConnection } from "../../domain/media/VoiceGateway.ts"
import { type ClientMessage, ServerProblem } from "../../domain/media/VoiceProtocol.ts"
import { TransportInput } from "../../domain/media/VoiceTransport.ts"
import * as Intake from "./Intake.ts"
import { detach, flush, leave, type Line, refuse } from "./Line.ts"
import type { SocketLink } from "./SocketLink.ts"
import { inputFramesDropped } from "./TransportMetrics.ts"

const protocolBroken = 1008

const offer = (line: Line, link: SocketLink, input: TransportInput) => {
  const dropped = line.inputs.offer(input)
  if (dropped === "full") {
    const message = "more is typed than the assistant takes in"
    refuse(line, link, protocolBroken, ServerProblem.make({ code: "flood", message }))
  } else if (dropped > 0) {
    inputFramesDropped.unsafeUpdate(dropped, [])
  }
}

const handle = (line: Line, link: SocketLink, message: ClientMessage) => {
  switch (message._tag) {
    case "Text":
      return offer(line, link, TransportInput.Text({ messageId: message.messageId, text: message.text }))
    case "Interrupt":
      return offer(line, link, TransportInput.Interrupt())
    case "Played":
      return line.playout.acknowledge(message.generation, message.samples, line.now())
    case "Leave":
      return leave(line)
  }
}

/** What the server tells of one socket. Once the line has another socket, or none, nothing that still comes counts. */
export const make = (line: Line, link: SocketLink): VoiceConnection => {
  const check = Intake.make(line.options.policy)
  let badMessages = 0

  const bad = (message: string) => {
    badMessages += 1
    const problem = ServerProblem.make({ code: "bad-message", message })
    if (badMessages < line.options.policy.badMessagesMax) link.message(problem)
    else refuse(line, link, protocolBroken, problem)
  }

  return {
    received: (data) => {
      if (line.link !== link) return
      const received = check(data, line.now())
      switch (received._tag) {
        case "Audio":
          return offer(line, link, TransportInput.Audio({ frame: received.frame }))
        case "Message":
          return handle(line, link, received.message)
        case "Bad":
          return bad(received.problem)
        case "Flood":
          return refuse(line, link, protocolBroken, ServerProblem.make({ code: "flood", message: received.problem }))
      }
    },
    drained: () => {
      if (line.link !== link) return
      link.hasRoom()
      flush(line)
      line.signal.notify()
    },
    closed: () => {
      link.lost()
      if (line.link === link) detach(line)
    },
  }
}
