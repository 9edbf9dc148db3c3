import { Array, Clock, DateTime, Duration, Effect, Metric, Option, Order, Schedule } from "effect"
import type { ConversationRepository } from "../../../domain/conversation/ConversationRepository.ts"
import { type AgentDispatch, type MediaParticipant, MediaServer } from "../../../domain/media/MediaServer.ts"
import type { RoomRepository } from "../../../domain/room/RoomRepository.ts"
import { DispatchQueue } from "../../../domain/store/DispatchQueue.ts"
import type { UserRepository } from "../../../domain/user/UserRepository.ts"
import * as AssistantIdentity from "../AssistantIdentity.ts"
import { dropped } from "./DoorMetrics.ts"
import * as PersonInRoom from "./PersonInRoom.ts"
import * as RoomConversation from "./RoomConversation.ts"
import * as RoomsSeen from "./RoomsSeen.ts"
import { defaultPolicy, type WatchPolicy } from "./WatchPolicy.ts"

export interface DroppedDispatchesOptions {
  /** The name under which our assistants are asked for. */
  readonly agentName: string
  readonly policy?: Partial<WatchPolicy>
}

export interface DroppedDispatches {
  /** Looks once; nothing while another look is under way. For whoever hears that something has happened in a room. */
  readonly look: Effect.Effect<void>
  /** Looks again and again. */
  readonly run: Effect.Effect<never>
}

type Ports = MediaServer | DispatchQueue | UserRepository | RoomRepository | ConversationRepository

/** Someone asked for our assistant, and a person waits for it. */
interface Missing {
  readonly dispatch: AgentDispatch
  readonly people: Array.NonEmptyReadonlyArray<MediaParticipant>
}

const earliest: Order.Order<Missing> = Order.mapInput(Order.number, ({ dispatch }) =>
  Option.match(dispatch.createdAt, { onNone: () => 0, onSome: DateTime.toEpochMillis }),
)

const hasAssistant = (participants: ReadonlyArray<MediaParticipant>) =>
  participants.some(({ identity, kind }) => kind === "agent" && AssistantIdentity.is(identity))

const looker = Effect.fnUntraced(function* (agentName: string, policy: WatchPolicy, seen: RoomsSeen.RoomsSeen) {
  const media = yield* MediaServer
  const queue = yield* DispatchQueue
  const attendedFor = Duration.toMillis(policy.attendedFor)

  const check = Effect.fnUntraced(function* (room: string, now: number) {
    const ours = (yield* media.dispatches(room)).filter((dispatch) => dispatch.agentName === agentName)
    const unattended = seen.unattended(room, ours, now)
    const participants = unattended.length === 0 ? [] : yield* media.participants(room)
    if (hasAssistant(participants)) for (const each of unattended) seen.attended(each, now + attendedFor)
    const people = PersonInRoom.peopleAmong(participants)
    if (hasAssistant(participants) || unattended.length === 0 || !Array.isNonEmptyReadonlyArray(people)) {
      seen.settled(room, now)
      return Array.empty<Missing>()
    }
    return seen.missing(room, now) ? unattended.map((dispatch) => ({ dispatch, people })) : Array.empty<Missing>()
  })
  // A room that goes away while it is looked into must not hide the others.
  const checked = (room: string, now: number) =>
    Effect.catchAll(check(room, now), (error) =>
      Effect.as(Effect.logDebug(`room ${room}: ${error.message}`), Array.empty<Missing>()),
    )

  const takeUp = Effect.fnUntraced(
    function* ({ dispatch, people }: Missing, now: number) {
      const dispatched = { dispatchId: dispatch.id, room: dispatch.room, metadata: dispatch.metadata }
      const job = yield* RoomConversation.jobOf(dispatched, people)
      const isOwn = job.conversationId === RoomConversation.conversationIdOf(dispatched)
      // A conversation of another origin leaves no trace of this dispatch once it is over.
      const attended = () => seen.attended(dispatch, isOwn ? now + attendedFor : Number.POSITIVE_INFINITY)
      if ((yield* queue.place(job.conversationId))._tag !== "Unknown") return attended()
      const place = yield* queue.enqueue(job)
      yield* Metric.increment(Metric.tagged(dropped, "outcome", "queued"))
      yield* Effect.logInfo("LiveKit found no worker for a dispatch; it waits in the queue").pipe(
        Effect.annotateLogs({ room: dispatch.room, conversation: job.conversationId, place: place._tag }),
      )
      attended()
    },
    (effect, { dispatch }) =>
      effect.pipe(
        Effect.catchTags({
          DispatchOver: () => Effect.sync(() => seen.attended(dispatch, Number.POSITIVE_INFINITY)),
          QueueFull: () => Metric.increment(Metric.tagged(dropped, "outcome", "full")),
        }),
      ),
  )

  const look = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const rooms = seen.choose(yield* media.rooms, now)
    const missing = yield* Effect.forEach(rooms, (room) => checked(room, now), { concurrency: policy.callsAtOnce })
    // One after the other: they wait in the order in which they were asked for.
    yield* Effect.forEach(Array.sort(missing.flat(), earliest), (each) => takeUp(each, now), { discard: true })
  })
  return { look }
})

/**
 * LiveKit drops a dispatch for good when no worker is there or free. This finds them: rooms in which our assistant was asked for, a
 * person waits, and nobody is on the way. Their conversations are made and put into our queue, where they wait in order. Any number of
 * processes may look at the same time.
 */
export const make = Effect.fnUntraced(function* (
  options: DroppedDispatchesOptions,
): Effect.fn.Return<DroppedDispatches, never, Ports> {
  const policy = { ...defaultPolicy, ...options.policy }
  const ports = yield* Effect.context<Ports>()
  const looks = yield* looker(options.agentName, policy, RoomsSeen.make(policy))
  const one = yield* Effect.makeSemaphore(1)
  const look = looks.look.pipe(
    Effect.timeout(policy.lookWithin),
    Effect.withSpan("DroppedDispatches.look"),
    Effect.catchAll((error) => Effect.logWarning(`looking for dropped dispatches: ${error.message}`)),
    one.withPermitsIfAvailable(1),
    Effect.asVoid,
    Effect.provide(ports),
  )
  return { look, run: Effect.zipRight(Effect.repeat(look, Schedule.spaced(policy.lookEvery)), Effect.never) }
})
