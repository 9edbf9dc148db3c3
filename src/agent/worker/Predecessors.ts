import { Effect, Schedule } from "effect"
import { MediaServer } from "../../domain/media/MediaServer.ts"
import type { Lease } from "../../domain/store/DispatchJob.ts"
import * as AssistantIdentity from "./AssistantIdentity.ts"
import type { HostPolicy } from "./HostPolicy.ts"

const showOut = Effect.fnUntraced(function* (lease: Lease) {
  const media = yield* MediaServer
  const { room } = lease.job
  const participants = yield* media.participants(room)
  const earlier = participants.filter(
    ({ identity, kind }) => kind === "agent" && AssistantIdentity.isBefore(lease, identity),
  )
  for (const { identity } of earlier) {
    yield* media.removeParticipant(room, identity)
    yield* Effect.logInfo(`${identity} of an earlier worker was shown out of ${room}`)
  }
})

/**
 * Shows the participants of earlier workers out. A media server notices a dead one only after 13 to 19 seconds, and until then
 * the person sees two assistants.
 */
export const evict = (lease: Lease, policy: HostPolicy) =>
  showOut(lease).pipe(
    Effect.retry({ schedule: Schedule.spaced("1 second"), while: ({ reason }) => reason === "unreachable" }),
    Effect.timeout(policy.evictWithin),
    Effect.catchAll((error) => Effect.logWarning(`an earlier worker's assistant may still be there: ${error.message}`)),
  )
