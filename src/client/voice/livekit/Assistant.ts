import { Data, Effect, Schedule, Schema } from "effect"
import { type RemoteParticipant, type Room, RpcError } from "livekit-client"
import { ConversationEvent } from "../../../domain/media/ConversationEvent.ts"
import {
  chatTopic,
  Hello,
  helloMethod,
  interruptMethod,
  leaveMethod,
  messageIdAttribute,
  RoomSettings,
  settingsMethod,
} from "../../../domain/media/LiveKitProtocol.ts"
import type { Waiting as WaitingText } from "../Outbox.ts"
import { roomPolicy } from "./RoomPolicy.ts"

/** `refused`: the assistant heard the question and has no answer of our kind. Else it was not heard of in time. */
export class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly refused: boolean }> {}

const silent = new NoAnswer({ refused: false })

const joinedAt = (participant: RemoteParticipant) => participant.joinedAt?.getTime() ?? 0

/** The newest of the assistants: one that broke down stays in the room for a while. */
export const assistantOf = (room: Room): RemoteParticipant | undefined =>
  [...room.remoteParticipants.values()]
    .filter((who) => who.isAgent)
    .reduce<RemoteParticipant | undefined>(
      (newest, who) => (newest === undefined || joinedAt(who) >= joinedAt(newest) ? who : newest),
      undefined,
    )

const refusals: ReadonlySet<number> = new Set([
  RpcError.ErrorCode.APPLICATION_ERROR,
  RpcError.ErrorCode.UNSUPPORTED_METHOD,
])

const ask = (room: Room, assistant: string, method: string) =>
  Effect.tryPromise({
    try: () =>
      room.localParticipant.performRpc({
        destinationIdentity: assistant,
        method,
        payload: "",
        responseTimeout: roomPolicy.answerWithin,
      }),
    catch: (cause) => new NoAnswer({ refused: cause instanceof RpcError && refusals.has(cause.code) }),
  }).pipe(Effect.timeoutFail({ duration: roomPolicy.answerWithin, onTimeout: () => silent }))

const answerOf = <A, I>(schema: Schema.Schema<A, I>) => {
  const decode = Schema.decodeUnknown(Schema.parseJson(schema))
  return (text: string) => Effect.mapError(decode(text), () => new NoAnswer({ refused: true }))
}

const oftener = Schedule.exponential(roomPolicy.helloFirstDelay).pipe(
  Schedule.union(Schedule.spaced(roomPolicy.helloLongestDelay)),
  Schedule.upTo(roomPolicy.helloWithin),
)

/** Who it is and where the conversation stands; asked again until there is an answer, for a while. */
export const hello = (room: Room, assistant: string): Effect.Effect<Hello, NoAnswer> =>
  ask(room, assistant, helloMethod).pipe(Effect.flatMap(answerOf(Hello)), Effect.retry(oftener))

export const settings = (room: Room, assistant: string): Effect.Effect<RoomSettings, NoAnswer> =>
  ask(room, assistant, settingsMethod).pipe(Effect.flatMap(answerOf(RoomSettings)))

/** False: it did not hear it. */
export const sayGoodbye = (room: Room, assistant: string): Effect.Effect<boolean> =>
  ask(room, assistant, leaveMethod).pipe(
    Effect.timeout(roomPolicy.leaveWithin),
    Effect.match({ onFailure: () => false, onSuccess: () => true }),
  )

/** Makes sense only now: not asked again. */
export const interrupt = (room: Room, assistant: string): Effect.Effect<void> =>
  Effect.ignore(ask(room, assistant, interruptMethod))

/** Repeating it is harmless: the message has its id. */
export const write = (room: Room, assistant: string, { messageId, text }: WaitingText): Effect.Effect<void> =>
  Effect.ignore(
    Effect.tryPromise(() =>
      room.localParticipant.sendText(text, {
        topic: chatTopic,
        destinationIdentities: [assistant],
        attributes: { [messageIdAttribute]: messageId },
      }),
    ),
  )

/** Reads an event. None: a newer server says something that this page does not know. */
export const decodeEvent = Schema.decodeUnknownOption(Schema.parseJson(ConversationEvent))
