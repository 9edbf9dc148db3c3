import { Clock, DateTime, Deferred, Effect, Layer, Logger, LogLevel, Option, Redacted } from "effect"
import { type ConversationRequest, ConversationRunner } from "../../../src/agent/conversation/ConversationRunner.ts"
import { ConversationSettings, defaults } from "../../../src/agent/conversation/ConversationSettings.ts"
import * as ScriptedTransport from "../../../src/agent/transport/ScriptedTransport.ts"
import { ConversationHost } from "../../../src/agent/worker/ConversationHost.ts"
import type { HostPolicy } from "../../../src/agent/worker/HostPolicy.ts"
import * as LeasedHost from "../../../src/agent/worker/LeasedHost.ts"
import {
  Conversation,
  ConversationId,
  ConversationNotFound,
  type LeaveReason,
} from "../../../src/domain/conversation/Conversation.ts"
import { ConversationRepository } from "../../../src/domain/conversation/ConversationRepository.ts"
import type { Message } from "../../../src/domain/conversation/Message.ts"
import { LanguageModel } from "../../../src/domain/llm/LanguageModel.ts"
import {
  AssistantRoom,
  type JoinRoomRequest,
  type RoomLost,
  type RoomNotJoined,
} from "../../../src/domain/media/AssistantRoom.ts"
import { type JoinRequest, type MediaParticipant, MediaServer } from "../../../src/domain/media/MediaServer.ts"
import type { Recording } from "../../../src/domain/recording/Recording.ts"
import { RecordingRepository } from "../../../src/domain/recording/RecordingRepository.ts"
import { Room, RoomId } from "../../../src/domain/room/Room.ts"
import { RoomRepository } from "../../../src/domain/room/RoomRepository.ts"
import { StorageError } from "../../../src/domain/StorageError.ts"
import { DispatchJob, type Lease, WorkerId } from "../../../src/domain/store/DispatchJob.ts"
import { DispatchQueue } from "../../../src/domain/store/DispatchQueue.ts"
import { UserRepository } from "../../../src/domain/user/UserRepository.ts"
import * as MemoryObjectStore from "../../support/MemoryObjectStore.ts"
import { ada } from "../transport/People.ts"
import { FakeQueue } from "./FakeQueue.ts"

export const me = WorkerId.make("worker-1")
export const other = WorkerId.make("worker-2")
const start = DateTime.unsafeMake("2026-01-01T00:00:00Z")
const sampleRate = 8_000

export const idOf = (index: number) =>
  ConversationId.make(`00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`)
const roomId = RoomId.make("00000000-0000-4000-9000-000000000001")

export const jobOf = (index: number, record = false) =>
  DispatchJob.make({
    conversationId: idOf(index),
    room: `parley-${index}`,
    userId: ada.id,
    personIdentity: "ada",
    personName: "Ada",
    priority: "normal",
    enqueuedAt: start,
    record,
  })

/** One stay of the assistant in a room. */
export interface Stay {
  readonly identity: string
  readonly request: JoinRoomRequest
  readonly person: ScriptedTransport.ScriptedPerson
  readonly lose: (how: RoomLost) => Effect.Effect<void>
  readonly isIn: () => boolean
}

type Run = (request: ConversationRequest) => Effect.Effect<LeaveReason>

/** Speaks without a pause until it is told to end; a goodbye takes it a second. */
export const speaks: Run = ({ ending, transport }) => {
  const frame = { samples: new Int16Array(sampleRate / 50).fill(1), sampleRate }
  const voice = Effect.ignore(Effect.forever(transport.write(frame)))
  return Effect.raceFirst(Effect.zipRight(voice, Effect.never), ending).pipe(
    Effect.tap((reason) => (reason === "drain" ? Effect.sleep("1 second") : transport.stop)),
  )
}

/** Everything around the worker, made of plain memory: what the test may look at, and what it may break. */
export const makeWorld = (run: Run = speaks) => {
  const queue = new FakeQueue()
  const stays: Array<Stay> = []
  const requests: Array<ConversationRequest> = []
  const ended: Array<readonly [ConversationId, string]> = []
  const fences: Array<number> = []
  const removed: Array<string> = []
  const participants: Array<MediaParticipant> = []
  const recordings: Array<Recording> = []
  const objects = new Map<string, MemoryObjectStore.StoredObject>()
  const state = {
    storeAway: false,
    messages: new Array<Message>(),
    endedAt: Option.none<DateTime.Utc>(),
    isKnown: true,
    /** Joining goes on though nobody waits for it any more. */
    areJoinsStubborn: false,
    /** What happens to the joins to come, the first one first; then they succeed. */
    joins: new Array<Effect.Effect<void, RoomNotJoined>>(),
  }

  const stored = <A, E>(answer: () => Effect.Effect<A, E>) =>
    Effect.suspend((): Effect.Effect<A, E | StorageError> =>
      state.storeAway ? Effect.fail(new StorageError({ operation: "test", cause: "away" })) : answer(),
    )
  const conversationOf = (id: ConversationId) =>
    Conversation.make({ id, roomId, userId: ada.id, startedAt: start, endedAt: state.endedAt, metadata: {} })
  const stores = Layer.mergeAll(
    Layer.mock(ConversationRepository, {
      get: (id) =>
        stored(() =>
          state.isKnown
            ? Effect.succeed(conversationOf(id))
            : Effect.fail(new ConversationNotFound({ conversationId: id })),
        ),
      takeOver: (_, fence) => stored(() => Effect.sync(() => void fences.push(fence))),
      messages: () => stored(() => Effect.succeed(state.messages)),
      end: (id, { reason }) => stored(() => Effect.sync(() => void ended.push([id, reason]))),
    }),
    Layer.mock(UserRepository, { get: () => stored(() => Effect.succeed(ada)) }),
    Layer.mock(RoomRepository, {
      get: () =>
        stored(() =>
          Effect.succeed(
            new Room({
              id: roomId,
              livekitRoomId: "parley-1",
              name: "Room",
              createdBy: ada.id,
              status: "open",
              createdAt: start,
              metadata: {},
            }),
          ),
        ),
      close: () => stored(() => Effect.void),
    }),
  )

  const join = (request: JoinRoomRequest) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const before = state.joins.shift() ?? Effect.void
        yield* state.areJoinsStubborn ? before : restore(before)
        const person = yield* ScriptedTransport.make(sampleRate)
        const lost = yield* Deferred.make<RoomLost>()
        let isIn = true
        const { identity } = request.grant
        yield* Effect.addFinalizer(() =>
          Effect.zipRight(
            Effect.sync(() => void (isIn = false)),
            person.leave,
          ),
        )
        stays.push({
          identity,
          request,
          person,
          lose: (how) => Effect.asVoid(Deferred.succeed(lost, how)),
          isIn: () => isIn,
        })
        return { transport: person.transport, lost: Deferred.await(lost) }
      }),
    )
  const grant = ({ identity, room }: JoinRequest) =>
    Effect.map(Clock.currentTimeMillis, (now) => ({
      url: new URL("ws://localhost"),
      token: Redacted.make("token"),
      room,
      identity,
      expiresAt: DateTime.unsafeMake(now + 60_000),
    }))
  const outside = Layer.mergeAll(
    Layer.succeed(DispatchQueue, queue.service),
    Layer.succeed(AssistantRoom, { join }),
    Layer.mock(MediaServer, {
      agentGrant: grant,
      participants: () => Effect.succeed(participants),
      removeParticipant: (_, identity) => Effect.sync(() => void removed.push(identity)),
    }),
    Layer.succeed(ConversationRunner, {
      run: (request) => Effect.suspend(() => (requests.push(request), run(request))),
    }),
    MemoryObjectStore.layer({ objects }),
    Layer.mock(RecordingRepository, { insert: (recording) => Effect.sync(() => void recordings.push(recording)) }),
    Layer.succeed(ConversationSettings, defaults),
    Layer.mock(LanguageModel, { name: "scripted" }),
    stores,
  )

  return {
    queue,
    stays,
    requests,
    ended,
    fences,
    removed,
    participants,
    recordings,
    objects,
    state,
    outside,
    stay: (index = 0): Stay => stays[index] ?? fail(`no stay ${index}`),
    host: (policy: Partial<HostPolicy> = {}) =>
      LeasedHost.layer(policy).pipe(Layer.provideMerge(outside), Layer.provide(Logger.minimumLogLevel(LogLevel.None))),
  }
}
export type World = ReturnType<typeof makeWorld>

const fail = (message: string): never => {
  throw new Error(message)
}

export const claimed = (world: World, fence = 1, record = false): Effect.Effect<Lease> =>
  Effect.suspend(() => {
    world.queue.add(jobOf(1, record), fence - 1)
    return world.queue.steal(idOf(1), me)
  })

/** Hosts one lease while a story goes on beside it. */
export const hosted = (
  world: World,
  story: Effect.Effect<void, never, ConversationHost>,
  options: { readonly fence?: number; readonly policy?: Partial<HostPolicy>; readonly record?: boolean } = {},
) =>
  Effect.gen(function* () {
    const host = yield* ConversationHost
    const fiber = yield* Effect.fork(host.host(yield* claimed(world, options.fence, options.record)))
    yield* story
    return yield* fiber.await
  }).pipe(Effect.provide(world.host(options.policy)))
