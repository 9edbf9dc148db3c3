import {
  AudioFrame,
  AudioSource,
  AudioStream,
  ContinualGatheringPolicy,
  IceTransportType,
  LocalAudioTrack,
  type Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from "@livekit/rtc-node"
import { it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { MediaServer } from "../../../src/domain/media/MediaServer.ts"
import * as LiveKitMediaServer from "../../../src/infra/livekit/LiveKitMediaServer.ts"
import { type LiveKitServer, makeLiveKitServer } from "../../support/LiveKitServer.ts"
import { describeTurn, freeUdpPort, turnServer } from "../../support/TurnServer.ts"
import { join } from "./Joining.ts"
import { apiKey } from "./LiveKitSamples.ts"

const sampleRate = 48_000
const frameSamples = 480
const toneHertz = 440
const toneLevel = 9_000
/** Well above what a codec makes of silence. */
const loudLevel = 3_000

/** Someone whose network lets nothing through but the way to a TURN server, of which the media server tells. */
const blocked = {
  rtcConfig: {
    iceTransportType: IceTransportType.TRANSPORT_RELAY,
    continualGatheringPolicy: ContinualGatheringPolicy.GATHER_CONTINUALLY,
    iceServers: [],
  },
}

/** Speaks until interrupted. */
const speak = (room: Room) =>
  Effect.gen(function* () {
    const source = new AudioSource(sampleRate, 1)
    const options = new TrackPublishOptions()
    options.source = TrackSource.SOURCE_MICROPHONE
    const track = LocalAudioTrack.createAudioTrack("microphone", source)
    yield* Effect.promise(async () => room.localParticipant?.publishTrack(track, options))
    const tone = Int16Array.from(
      { length: frameSamples },
      (_, sample) => toneLevel * Math.sin((2 * Math.PI * toneHertz * sample) / sampleRate),
    )
    const frame = new AudioFrame(tone, sampleRate, 1, frameSamples)
    return yield* Effect.forever(Effect.promise(() => source.captureFrame(frame)))
  })

/** Returns once something loud is heard in the room. */
const hearing = (room: Room) =>
  Effect.map(Deferred.make<void>(), (heard) => {
    room.on(RoomEvent.TrackSubscribed, async (track) => {
      for await (const frame of new AudioStream(track, sampleRate, 1)) {
        if (frame.data.some((sample) => sample > loudLevel)) Deferred.unsafeDone(heard, Effect.void)
      }
    })
    return Deferred.await(heard)
  })

/** Two people behind such networks: the one hears the other. */
const conversation = ({ key, secret, url }: LiveKitServer) =>
  Effect.gen(function* () {
    const { personGrant } = yield* MediaServer
    const enter = (identity: string) =>
      Effect.flatMap(personGrant({ room: "blue", identity, name: "" }), (grant) => join(grant, blocked))
    const listener = yield* enter("listener")
    const heard = yield* hearing(listener.room)
    const speaker = yield* enter("speaker")
    yield* Effect.raceFirst(speak(speaker.room), heard)
  }).pipe(
    Effect.scoped,
    Effect.provide(
      LiveKitMediaServer.layer({ url: new URL(url), publicUrl: new URL(url), keys: [apiKey(key, secret)] }),
    ),
  )

describeTurn("people whose network blocks calls talk", () => {
  for (const protocol of ["udp", "tcp"])
    it.scopedLive(`through coturn, reached by ${protocol}`, () =>
      Effect.gen(function* () {
        const turn = yield* turnServer
        const rtc = { turn_servers: [{ ...turn.settings, protocol }] }
        yield* Effect.flatMap(makeLiveKitServer({ rtc }), conversation)
        yield* turn.carried
      }),
    )

  it.scopedLive("through the media server's own TURN", () =>
    Effect.gen(function* () {
      const port = yield* freeUdpPort
      const config = [
        "turn:",
        "  enabled: true",
        `  udp_port: ${port}`,
        // Its answers come from the address that was asked, on a machine of several; and its peer is the media server on loopback.
        '  bind_addresses: ["127.0.0.1"]',
        '  allow_restricted_peer_cidrs: ["127.0.0.1/32"]',
      ].join("\n")
      yield* Effect.flatMap(makeLiveKitServer({ config }), conversation)
    }),
  )
})
