import type { AgentDispatch as Dispatch, ParticipantInfo, Room } from "@livekit/protocol"
import { DateTime, Effect, Layer, Option, Redacted } from "effect"
import {
  type AgentDispatch,
  type MediaParticipant,
  type MediaRoom,
  MediaServer,
  type MediaServerError,
} from "../../domain/media/MediaServer.ts"
import * as JoinTokens from "./JoinTokens.ts"
import * as LiveKitOptions from "./LiveKitOptions.ts"
import * as LiveKitSdk from "./LiveKitSdk.ts"
import { kindOf } from "./ParticipantKinds.ts"
import { call } from "./ServerCalls.ts"

/** Calls go to this server and no other, and are asked once. */
const clientOptions = { failover: false }

const nanosPerMilli = 1_000_000n
const none = { absent: () => undefined }
const noRows = { absent: () => [] }

const roomOf = ({ creationTime, creationTimeMs, name, numParticipants }: Room): MediaRoom => ({
  name,
  createdAt: DateTime.unsafeMake(Number(creationTimeMs === 0n ? creationTime * 1_000n : creationTimeMs)),
  participants: numParticipants,
})

const participantOf =
  (sdk: LiveKitSdk.LiveKitSdk) =>
  (participant: ParticipantInfo): MediaParticipant => ({
    identity: participant.identity,
    name: participant.name,
    kind: kindOf(sdk, participant),
    joinedAt: DateTime.unsafeMake(
      Number(participant.joinedAtMs === 0n ? participant.joinedAt * 1_000n : participant.joinedAtMs),
    ),
  })

const dispatchOf = ({ agentName, id, metadata, room, state }: Dispatch): AgentDispatch => ({
  id,
  room,
  agentName,
  metadata,
  createdAt: Option.fromNullable(state?.createdAt).pipe(
    Option.filter((nanos) => nanos > 0n),
    Option.map((nanos) => DateTime.unsafeMake(Number(nanos / nanosPerMilli))),
  ),
})

const make = Effect.fnUntraced(function* (given: LiveKitOptions.LiveKitOptions) {
  const options = yield* LiveKitOptions.check(given)
  const sdk = yield* LiveKitSdk.load
  const host = LiveKitOptions.httpUrl(options.url).href
  const { key, secret } = options.keys[0]
  const rooms = new sdk.server.RoomServiceClient(host, key, Redacted.value(secret), clientOptions)
  const agents = new sdk.server.AgentDispatchClient(host, key, Redacted.value(secret), clientOptions)

  const isThere = (room: string) =>
    call("rooms", () => rooms.listRooms([room])).pipe(Effect.map((found) => found.length > 0))
  const dispatches = (room: string): Effect.Effect<ReadonlyArray<AgentDispatch>, MediaServerError> =>
    call("dispatches", () => agents.listDispatch(room), noRows).pipe(Effect.map((found) => found.map(dispatchOf)))

  return MediaServer.of({
    personGrant: Effect.fn("MediaServer.personGrant")((request) =>
      JoinTokens.joinGrant(sdk, options, "person", request),
    ),
    agentGrant: Effect.fn("MediaServer.agentGrant")((request) => JoinTokens.joinGrant(sdk, options, "agent", request)),
    workerGrant: JoinTokens.workerGrant(sdk, options).pipe(Effect.withSpan("MediaServer.workerGrant")),
    rooms: call("rooms", () => rooms.listRooms()).pipe(Effect.map((found) => found.map(roomOf))),
    participants: (room) =>
      call("participants", () => rooms.listParticipants(room), noRows).pipe(
        Effect.map((found) => found.map(participantOf(sdk))),
      ),
    closeRoom: (room) => call("closeRoom", () => rooms.deleteRoom(room), none),
    removeParticipant: (room, identity) =>
      call("removeParticipant", () => rooms.removeParticipant(room, identity), none),
    // For a room that is not there the server looks for a node that has it, for 3 s, and then says that it is overloaded.
    dispatches: (room) =>
      Effect.if(isThere(room), { onTrue: () => dispatches(room), onFalse: () => Effect.succeed([]) }),
  })
})

/** The rooms of a LiveKit server. Building it asks the server nothing. */
export const layer = (
  options: LiveKitOptions.LiveKitOptions,
): Layer.Layer<MediaServer, LiveKitOptions.LiveKitRefused> => Layer.effect(MediaServer, make(options))

/** As `LiveKitOptions.config` says. */
export const layerConfig = Layer.unwrapEffect(Effect.map(LiveKitOptions.config, layer))
