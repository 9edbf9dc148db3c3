import { Effect, Metric, Option } from "effect"
import type { ConversationRepository } from "../../../domain/conversation/ConversationRepository.ts"
import { MediaServer } from "../../../domain/media/MediaServer.ts"
import type { RoomRepository } from "../../../domain/room/RoomRepository.ts"
import type { WorkerId } from "../../../domain/store/DispatchJob.ts"
import type { DispatchQueue } from "../../../domain/store/DispatchQueue.ts"
import type { UserRepository } from "../../../domain/user/UserRepository.ts"
import * as Signal from "../../transport/Signal.ts"
import * as AssistantIdentity from "../AssistantIdentity.ts"
import type { ConversationHost } from "../ConversationHost.ts"
import type { Door } from "../Door.ts"
import { Slots } from "../Slots.ts"
import * as DoorMetrics from "./DoorMetrics.ts"
import { defaultPolicy, type DoorPolicy } from "./DoorPolicy.ts"
import * as JobRun from "./JobRun.ts"
import * as LiveJobs from "./LiveJobs.ts"
import * as Registration from "./Registration.ts"
import * as Reservations from "./Reservations.ts"
import { conversationIdOf } from "./RoomConversation.ts"
import type { LiveKitJob, ServerSaid } from "./ServerSaid.ts"
import * as WorkerSays from "./WorkerSays.ts"
import type { WorkerSocket } from "./WorkerSocket.ts"

/** The name under which assistants are asked for, where nothing else is configured. */
export const agentNameDefault = "parley"

export interface LiveKitDoorOptions {
  readonly worker: WorkerId
  readonly registration: WorkerSays.Registration
  /** Shown to other agents and tools of LiveKit. */
  readonly assistantName: string
  readonly policy?: Partial<DoorPolicy>
}

type Ports =
  | Slots
  | MediaServer
  | ConversationHost
  | DispatchQueue
  | UserRepository
  | RoomRepository
  | ConversationRepository

const offered = (outcome: "accepted" | "declined" | "lapsed") =>
  Metric.increment(Metric.tagged(DoorMetrics.offers, "outcome", outcome))

/** The socket by which the server is reached now. */
const makeLink = () => {
  const signal = Signal.make()
  let socket: WorkerSocket | undefined
  return {
    set: (next: WorkerSocket | undefined) => {
      socket = next
      signal.notify()
    },
    /** Without a socket the server has forgotten us, and needs not be told. */
    send: (message: Uint8Array<ArrayBuffer>) => socket?.send(message),
    there: signal.until(() => socket !== undefined),
  }
}
type Link = ReturnType<typeof makeLink>

const untilClosed = (slots: typeof Slots.Service): Effect.Effect<void> =>
  Effect.suspend(() => (slots.isClosed() ? Effect.void : Effect.zipRight(slots.changed, untilClosed(slots))))

const open = Effect.fnUntraced(function* (options: LiveKitDoorOptions, link: Link) {
  const policy = { ...defaultPolicy, ...options.policy }
  const slots = yield* Slots
  const { dispatches } = yield* MediaServer
  const reservations = yield* Reservations.make({ slots, keptFor: policy.assignedWithin, lapsed: offered("lapsed") })
  const jobs = yield* LiveJobs.make({
    run: (job, terminated) => JobRun.run(job, { worker: options.worker, policy, terminated }),
    // A server that has lost the socket in the meantime has forgotten the job, and does not mind.
    ended: ({ id }, { detail, outcome }) =>
      link.send(outcome === "failed" ? WorkerSays.failed(id, detail) : WorkerSays.succeeded(id)),
  })

  /**
   * LiveKit wants to know which participant the job's is. The lease says it, which there is not yet; and nothing is lost by another name but
   * that LiveKit does not show the assistant out by itself when its dispatch is taken back: we do.
   */
  const identityOf = (job: LiveKitJob) =>
    AssistantIdentity.of({ job: { conversationId: conversationIdOf(job) }, fence: 0 })

  const answer = Effect.fnUntraced(function* (job: LiveKitJob) {
    const accepts = yield* reservations.reserve(job.id)
    link.send(accepts ? WorkerSays.accept(job.id, identityOf(job), options.assistantName) : WorkerSays.decline(job.id))
    yield* offered(accepts ? "accepted" : "declined")
  })

  const begin = Effect.fnUntraced(function* (job: LiveKitJob) {
    const slot = slots.isClosed() ? Option.none() : yield* reservations.claim(job.id)
    if (Option.isNone(slot)) return link.send(WorkerSays.failed(job.id, "the worker has no place left"))
    link.send(WorkerSays.running(job.id))
    yield* jobs.start(job, slot.value)
  })

  /** It is also said of an agent that has left by itself, or was lost: that is for the host, which may be on its way back. */
  const terminate = (job: LiveKitJob) =>
    dispatches(job.room).pipe(
      Effect.map((there) => there.some(({ id }) => id === job.dispatchId)),
      Effect.flatMap((isWanted) => (isWanted ? Effect.void : jobs.terminate(job.id))),
      Effect.catchAll((error) => Effect.logWarning(error.message)),
    )

  const handle = (said: ServerSaid) => {
    switch (said._tag) {
      case "Offered":
        return answer(said.job)
      case "Assigned":
        return begin(said.job)
      case "Terminated":
        return Option.match(jobs.find(said.jobId), {
          onNone: () => Effect.void,
          onSome: (job) => Effect.forkDaemon(terminate(job)),
        })
      default:
        return Effect.void
    }
  }

  const tellCapacity = Effect.sync(() =>
    link.send(WorkerSays.capacity({ used: slots.used(), total: slots.total, closed: slots.isClosed() })),
  )
  const serve = (socket: WorkerSocket) =>
    Effect.gen(function* () {
      link.set(socket)
      const changed = Effect.raceFirst(slots.changed, Effect.sleep(policy.pingEvery))
      yield* Effect.forkScoped(Effect.forever(Effect.zipRight(tellCapacity, changed)))
      return yield* Effect.forever(Effect.flatMap(socket.next, handle))
    }).pipe(
      Effect.scoped,
      // Nobody will get what was promised to a server that is gone.
      Effect.ensuring(
        Effect.suspend(() => {
          link.set(undefined)
          return reservations.dropAll
        }),
      ),
    )

  yield* Effect.forkScoped(Registration.keep(options.registration, policy, serve))
  yield* untilClosed(slots).pipe(Effect.zipRight(jobs.none), Effect.ensuring(jobs.interruptAll))
})

export interface LiveKitDoor extends Door {
  /** Returns once LiveKit knows this worker, at once if it does. */
  readonly registered: Effect.Effect<void>
}

/** LiveKit's own worker protocol: whatever is dispatched by its API, by tokens or by telephone rules comes in here. */
export const make = Effect.fnUntraced(function* (options: LiveKitDoorOptions) {
  const ports = yield* Effect.context<Ports>()
  const link = makeLink()
  const door: LiveKitDoor = {
    name: "livekit",
    run: open(options, link).pipe(
      Effect.scoped,
      Effect.provide(ports),
      Effect.annotateLogs({ worker: options.worker }),
    ),
    registered: link.there,
  }
  return door
})
