import { Room } from "@livekit/rtc-node"
import { Effect, Layer, Option, type Scope } from "effect"
import {
  AssistantRoom,
  type JoinedRoom,
  type JoinRoomRequest,
  type RoomNotJoined,
} from "../../../domain/media/AssistantRoom.ts"
import { within } from "../../../domain/Within.ts"
import * as Calls from "./Calls.ts"
import * as Chat from "./Chat.ts"
import * as KeyedSdk from "./ffi/KeyedSdk.ts"
import type { MediaSdk } from "./ffi/MediaSdk.ts"
import * as PlainSdk from "./ffi/PlainSdk.ts"
import * as Hearing from "./Hearing.ts"
import { defaultPolicy, type LiveKitPolicy } from "./LiveKitPolicy.ts"
import * as Membership from "./Membership.ts"
import * as Outbox from "./Outbox.ts"
import * as People from "./People.ts"
import * as RoomLine from "./RoomLine.ts"
import * as RoomVoice from "./RoomVoice.ts"
import * as Ticker from "./Ticker.ts"

export interface AssistantRoomOptions {
  /** `keyed`: the SDK with a client of ours, a fraction of the cost with many rooms. `plain`: the SDK as it comes. */
  readonly sdk: "keyed" | "plain"
  /** Samples a second of the voice. */
  readonly outputSampleRate: number
  readonly policy: Partial<LiveKitPolicy>
}

const defaults: AssistantRoomOptions = { sdk: "keyed", outputSampleRate: 24_000, policy: {} }

interface Plant {
  readonly sdk: MediaSdk
  readonly ticker: Ticker.Ticker
  readonly policy: LiveKitPolicy
  readonly outputSampleRate: number
}

/** Ends the waiting for a person who does not come, or not back. Out of the room nobody can be waited for. */
const watchGrace = (line: RoomLine.RoomLine) =>
  Effect.gen(function* () {
    yield* line.signal.until(() => line.left || (line.personSid === undefined && !line.lost))
    const back = yield* line.signal
      .until(() => line.personSid !== undefined || line.left || line.lost)
      .pipe(Effect.timeoutOption(line.policy.grace))
    if (Option.isNone(back)) RoomLine.leave(line)
  }).pipe(Effect.repeat({ until: () => line.left }))

const join = Effect.fnUntraced(function* (
  { outputSampleRate, policy, sdk, ticker }: Plant,
  request: JoinRoomRequest,
): Effect.fn.Return<JoinedRoom, RoomNotJoined, Scope.Scope> {
  const line = RoomLine.make(request, policy, new Room())
  const hearing = Hearing.make(line, sdk)
  const membership = yield* Membership.make(line, sdk)
  const voice = RoomVoice.make(line, ticker, outputSampleRate, (samples) => membership.capture(samples))
  const people = People.make(line, hearing, voice.resume)
  // Events may come before this fiber goes on after connecting; so all who listen do so before.
  yield* membership.enter(outputSampleRate, () => {
    voice.end()
    hearing.closeAll()
  })
  const outbox = yield* Outbox.make(line, sdk, hearing)
  yield* Effect.addFinalizer(() => within(policy.flushWithin)(outbox.flushed))
  yield* Chat.listen(line)
  Calls.answer(line, hearing, outbox)
  people.meet()
  membership.onLink(() => {
    people.meet()
    voice.resume()
    outbox.check()
  })
  yield* Effect.forkScoped(Effect.interruptible(watchGrace(line)))
  return {
    transport: {
      inputs: line.inputs.stream,
      outputSampleRate,
      write: voice.write,
      drained: voice.drained,
      stop: voice.stop,
      heardSamples: voice.heardSamples,
      send: (event) => Effect.sync(() => outbox.tell(event)),
    },
    lost: membership.lost,
  }
})

const make = Effect.fnUntraced(function* ({ outputSampleRate, policy, sdk }: AssistantRoomOptions) {
  const plant: Plant = {
    sdk: sdk === "keyed" ? KeyedSdk.make() : PlainSdk.make(),
    ticker: yield* Ticker.make,
    policy: { ...defaultPolicy, ...policy },
    outputSampleRate,
  }
  return AssistantRoom.of({
    join: Effect.fn("LiveKitAssistantRoom.join")((request: JoinRoomRequest) =>
      join(plant, request).pipe(Effect.annotateLogs({ room: request.grant.room })),
    ),
  })
})

/**
 * Rooms of a LiveKit server by `@livekit/rtc-node`. With `keyed` it must be built before anything else of the process uses
 * that SDK; the client then stays for as long as the process lives.
 */
export const layer = (options: Partial<AssistantRoomOptions> = {}): Layer.Layer<AssistantRoom> =>
  Layer.scoped(AssistantRoom, make({ ...defaults, ...options }))
