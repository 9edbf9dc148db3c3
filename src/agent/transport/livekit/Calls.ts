import { RpcError, type RpcInvocationData } from "@livekit/rtc-node"
import { Duration, Either, ParseResult, Schema } from "effect"
import {
  Hello,
  helloMethod,
  interruptMethod,
  leaveMethod,
  Mute,
  muteMethod,
  RoomSettings,
  settingsMethod,
} from "../../../domain/media/LiveKitProtocol.ts"
import { TransportInput } from "../../../domain/media/VoiceTransport.ts"
import type { Hearing } from "./Hearing.ts"
import type { Outbox } from "./Outbox.ts"
import { isPerson } from "./Participants.ts"
import { leave, offer, participantOf, type RoomLine } from "./RoomLine.ts"

/** As of HTTP; codes from 1001 to 1999 are the SDK's own. */
const badPayload = 400
const notAllowed = 403
const tooMany = 429
const detailLengthMax = 200

const decodeMute = Schema.decodeUnknownEither(Schema.parseJson(Mute))
const encodeMute = Schema.encodeSync(Schema.parseJson(Mute))
const encodeHello = Schema.encodeSync(Schema.parseJson(Hello))
const encodeSettings = Schema.encodeSync(Schema.parseJson(RoomSettings))

type Answer = (call: RpcInvocationData) => string

const answers = (line: RoomLine, hearing: Hearing, outbox: Outbox): ReadonlyArray<readonly [string, Answer]> => [
  [
    helloMethod,
    ({ callerIdentity }) => {
      const { conversationId, languageModel } = line.request
      outbox.replay(callerIdentity)
      const resumeWithinMillis = Duration.toMillis(line.policy.grace)
      return encodeHello({ conversationId, state: outbox.state(), resumeWithinMillis, languageModel })
    },
  ],
  [
    interruptMethod,
    () => {
      if (offer(line, TransportInput.Interrupt())) return ""
      throw new RpcError(tooMany, "more is asked than the assistant takes in")
    },
  ],
  [
    leaveMethod,
    ({ callerIdentity }) => {
      if (callerIdentity !== line.request.personIdentity) {
        throw new RpcError(notAllowed, "only the person whose conversation it is may end it")
      }
      leave(line)
      return ""
    },
  ],
  [
    muteMethod,
    ({ callerIdentity, payload }) =>
      Either.match(decodeMute(payload), {
        onLeft: (error) => {
          throw new RpcError(badPayload, ParseResult.TreeFormatter.formatErrorSync(error).slice(0, detailLengthMax))
        },
        onRight: (mute) => {
          hearing.mute(callerIdentity, mute.muted)
          return encodeMute(mute)
        },
      }),
  ],
  [
    settingsMethod,
    () => {
      const { assistantName, language, recorded } = line.request
      return encodeSettings({ assistantName, language, recorded })
    },
  ],
]

/** Answers what pages ask. Once out of the room the SDK asks no more. */
export const answer = (line: RoomLine, hearing: Hearing, outbox: Outbox) => {
  for (const [method, make] of answers(line, hearing, outbox)) {
    participantOf(line)?.registerRpcMethod(method, async (call) => {
      const caller = line.room.remoteParticipants.get(call.callerIdentity)
      // Who has just come may ask before the assistant is told of them.
      if (caller !== undefined && !isPerson(caller)) throw new RpcError(notAllowed, "only people may ask")
      return make(call)
    })
  }
}
