import { Duration, Effect, Layer, Redacted } from "effect"
import { RoomRecorder } from "../../domain/media/RoomRecorder.ts"
import * as LiveKitOptions from "./LiveKitOptions.ts"
import * as LiveKitSdk from "./LiveKitSdk.ts"
import { egressRequest, type RecordingStorage } from "./RecordingRequests.ts"
import { call } from "./ServerCalls.ts"

export interface RoomRecorderOptions extends LiveKitOptions.LiveKitOptions {
  readonly storage: RecordingStorage
}

/** An egress worker is looked for, and starts a browser. Without any worker the server takes longer to say so. */
const startTimeout = Duration.seconds(15)
/** One room is rarely recorded twice. */
const stopsAtOnce = 4

const make = Effect.fnUntraced(function* (given: RoomRecorderOptions) {
  const { keys, url } = yield* LiveKitOptions.check(given)
  const sdk = yield* LiveKitSdk.load
  const { key, secret } = keys[0]
  const egress = new sdk.server.EgressClient(LiveKitOptions.httpUrl(url).href, key, Redacted.value(secret), {
    failover: false,
    requestTimeout: Duration.toSeconds(startTimeout),
  })
  const running = (room: string) => call("recordings", () => egress.listEgress({ roomName: room, active: true }))

  return RoomRecorder.of({
    start: Effect.fn("RoomRecorder.start")(function* (request) {
      const { room } = request
      const [already] = yield* running(room)
      if (already !== undefined) return { id: already.egressId, room }
      const { file, options } = egressRequest(sdk, given.storage, request)
      const begin = () => egress.startRoomCompositeEgress(room, { file }, options)
      const { egressId } = yield* call("startRecording", begin, { timeout: startTimeout })
      return { id: egressId, room }
    }),
    stop: Effect.fn("RoomRecorder.stop")(function* (room) {
      const stopOne = ({ egressId }: { readonly egressId: string }) =>
        call("stopRecording", () => egress.stopEgress(egressId).then(() => undefined), { absent: () => undefined })
      yield* Effect.forEach(yield* running(room), stopOne, { concurrency: stopsAtOnce, discard: true })
    }),
  })
})

/** Records by LiveKit's egress service, which needs Redis between it and the LiveKit server. Building it asks nothing. */
export const layer = (options: RoomRecorderOptions): Layer.Layer<RoomRecorder, LiveKitOptions.LiveKitRefused> =>
  Layer.effect(RoomRecorder, make(options))
