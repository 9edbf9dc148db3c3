import type { LocalParticipant, Room } from "@livekit/rtc-node"
import type { JoinRoomRequest } from "../../../domain/media/AssistantRoom.ts"
import type { TransportInput } from "../../../domain/media/VoiceTransport.ts"
import * as InputQueue from "../InputQueue.ts"
import * as Signal from "../Signal.ts"
import { inputFramesDropped } from "../TransportMetrics.ts"
import type { LiveKitPolicy } from "./LiveKitPolicy.ts"

/**
 * The state of the assistant's place in one room. The SDK calls back outside of any fiber, so it is plain and changed at
 * once; each change but an input is told to `signal`.
 */
export interface RoomLine {
  readonly request: JoinRoomRequest
  readonly policy: LiveKitPolicy
  readonly room: Room
  readonly signal: Signal.Signal
  readonly inputs: InputQueue.InputQueue
  /** The participant that is the person now, by its session's id. */
  personSid: string | undefined
  /** The assistant's own connection works. */
  linked: boolean
  /** The assistant is out of the room without having left it. */
  lost: boolean
  /** No more is heard or said: the person is gone for good, or the assistant left. */
  left: boolean
}

export const make = (request: JoinRoomRequest, policy: LiveKitPolicy, room: Room): RoomLine => ({
  request,
  policy,
  room,
  signal: Signal.make(),
  inputs: InputQueue.make(policy, Signal.make()),
  personSid: undefined,
  linked: false,
  lost: false,
  left: false,
})

/** The person hears what is sent now. */
export const reaches = (line: RoomLine): boolean => line.linked && line.personSid !== undefined && !line.left

export const participantOf = (line: RoomLine): LocalParticipant | undefined =>
  line.linked ? line.room.localParticipant : undefined

/** False: it was refused, since more waits than is good. */
export const offer = (line: RoomLine, input: TransportInput): boolean => {
  const dropped = line.inputs.offer(input)
  if (dropped === "full") return false
  if (dropped > 0) inputFramesDropped.unsafeUpdate(dropped, [])
  return true
}

export const leave = (line: RoomLine) => {
  line.left = true
  line.inputs.end()
  line.signal.notify()
}
