import {
  ParticipantKind,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
} from "@livekit/rtc-node"
import { AccessToken, RoomServiceClient } from "livekit-server-sdk"
import type { MediaSdk } from "../../../src/agent/transport/livekit/ffi/MediaSdk.ts"
import type { PeoplePlan } from "../PeoplePlan.ts"
import { isLoud } from "./Loudness.ts"
import { frameMillis, type Pacer } from "./Pacer.ts"

const rate = 48_000
const frameSamples = (rate * frameMillis) / 1_000
/** From the beginning of one turn to that of the next. */
export const turnMillis = 5_000
const ticksPerTurn = turnMillis / frameMillis
/** A voice that was silent for so long begins anew. */
const gapTicks = 30

export const now = () => performance.timeOrigin + performance.now()

/** What a person hears and says, and when, in epoch milliseconds. */
export interface Person {
  readonly room: string
  readonly ended: ReadonlyArray<number>
  readonly heard: ReadonlyArray<number>
  readonly seen: () => number | undefined
  readonly track: () => number | undefined
  readonly leave: () => Promise<void>
}

const tokenFor = async ({ key, secret }: PeoplePlan["server"], room: string) => {
  const token = new AccessToken(key, secret, { identity: `person-${room}`, ttl: 600 })
  token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true })
  return token.toJwt()
}

const publish = async (sdk: MediaSdk, room: Room) => {
  const outlet = sdk.openVoice(rate)
  const options = new TrackPublishOptions()
  options.source = TrackSource.SOURCE_MICROPHONE
  await room.localParticipant?.publishTrack(outlet.track, options)
  return outlet
}

export interface PersonOptions {
  readonly plan: PeoplePlan
  readonly sdk: MediaSdk
  readonly pacer: Pacer
  readonly room: string
  /** At 48 kHz; empty: says nothing. */
  readonly says: Int16Array
  /** How far into a turn this person is at first: people do not all talk at once. */
  readonly phase: number
}

/** Somebody in a room with an open microphone, who says the same in every turn and listens to the assistant. */
export const join = async ({ pacer, phase, plan, room: name, says, sdk }: PersonOptions): Promise<Person> => {
  const room = new Room()
  const ended: Array<number> = []
  const heard: Array<number> = []
  let seen: number | undefined
  let track: number | undefined
  let quietTicks = gapTicks
  const listen = (remote: RemoteTrack) =>
    sdk.read(remote, {
      sampleRate: 16_000,
      frameMillis,
      onFrame: (samples) => {
        if (!isLoud(samples)) return void (quietTicks += 1)
        if (quietTicks >= gapTicks) heard.push(now())
        quietTicks = 0
      },
    })
  room.on(RoomEvent.ParticipantConnected, ({ kind }) => void (kind === ParticipantKind.AGENT && (seen ??= now())))
  room.on(RoomEvent.TrackSubscribed, (remote) => {
    if (remote.kind !== TrackKind.KIND_AUDIO) return
    track ??= now()
    listen(remote)
  })
  await room.connect(plan.server.url, await tokenFor(plan.server, name), { autoSubscribe: true, dynacast: false })
  const outlet = await publish(sdk, room)
  const spokenTicks = Math.ceil(says.length / frameSamples)
  const silence = new Int16Array(frameSamples)
  let tick = phase % ticksPerTurn
  const remove = pacer.add(() => {
    const at = tick++ % ticksPerTurn
    const samples = at < spokenTicks ? says.subarray(at * frameSamples, (at + 1) * frameSamples) : silence
    if (at === spokenTicks - 1) ended.push(now())
    outlet.capture(samples.length === frameSamples ? samples : silence)
  })
  return {
    room: name,
    ended,
    heard,
    seen: () => seen,
    track: () => track,
    leave: async () => {
      remove()
      outlet.close()
      await room.disconnect().catch(() => undefined)
      const { key, secret, url } = plan.server
      await new RoomServiceClient(url.replace(/^ws/, "http"), key, secret).deleteRoom(name).catch(() => undefined)
    },
  }
}
