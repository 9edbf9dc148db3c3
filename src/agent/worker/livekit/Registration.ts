import { Duration, Effect, Metric, Random, Schedule, type Scope } from "effect"
import { MediaServer } from "../../../domain/media/MediaServer.ts"
import { connectionsLost, registered } from "./DoorMetrics.ts"
import type { DoorPolicy } from "./DoorPolicy.ts"
import * as WorkerSays from "./WorkerSays.ts"
import * as WorkerSocket from "./WorkerSocket.ts"

const { WorkerSocketLost } = WorkerSocket

/** The server offers nothing before it has answered the registration. */
const answered = (socket: WorkerSocket.WorkerSocket) =>
  Effect.repeat(socket.next, { until: ({ _tag }) => _tag === "Registered" })

const register = Effect.fn("Registration.register")(function* (
  registration: WorkerSays.Registration,
  policy: DoorPolicy,
): Effect.fn.Return<WorkerSocket.WorkerSocket, WorkerSocket.WorkerSocketLost, MediaServer | Scope.Scope> {
  const grant = yield* Effect.flatMap(MediaServer, ({ workerGrant }) => workerGrant)
  const socket = yield* WorkerSocket.open(grant, policy)
  socket.send(WorkerSays.register(registration))
  const tooLate = new WorkerSocketLost({ reason: "register", detail: "no answer" })
  yield* answered(socket).pipe(
    Effect.raceFirst(socket.lost),
    Effect.timeoutFail({ duration: policy.registerWithin, onTimeout: () => tooLate }),
  )
  return socket
})

const told = (error: WorkerSocket.WorkerSocketLost) =>
  Effect.zipRight(
    Metric.increment(Metric.tagged(connectionsLost, "reason", error.reason)),
    Effect.logWarning(error.message),
  )

const backoff = ({ reconnectAfterMax, reconnectAfterMin }: DoorPolicy) =>
  Schedule.exponential(reconnectAfterMin).pipe(Schedule.union(Schedule.spaced(reconnectAfterMax)), Schedule.jittered)

/** All workers lose a server that restarts at the same moment. */
const pause = ({ reconnectAfterMin }: DoorPolicy) =>
  Effect.flatMap(Random.nextRange(0, Duration.toMillis(reconnectAfterMin)), (millis) => Effect.sleep(millis))

/**
 * Registers this process as a worker, again and again: `serve` has the socket for as long as there is one. What it began elsewhere is not
 * touched when the socket is lost.
 */
export const keep = <R>(
  registration: WorkerSays.Registration,
  policy: DoorPolicy,
  serve: (socket: WorkerSocket.WorkerSocket) => Effect.Effect<never, never, R>,
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const socket = yield* register(registration, policy)
      yield* Effect.acquireRelease(Metric.set(registered, 1), () => Metric.set(registered, 0))
      yield* Effect.logInfo(`LiveKit knows this worker as ${registration.agentName}`)
      yield* Effect.raceFirst(serve(socket), socket.lost).pipe(Effect.catchAll(told))
    }),
  ).pipe(Effect.tapError(told), Effect.retry(backoff(policy)), Effect.zipRight(pause(policy)), Effect.forever)
