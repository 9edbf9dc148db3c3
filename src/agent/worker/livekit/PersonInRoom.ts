import { Array, Data, DateTime, Effect, Order, Schedule } from "effect"
import { type MediaParticipant, MediaServer } from "../../../domain/media/MediaServer.ts"
import type { DoorPolicy } from "./DoorPolicy.ts"

/** The assistant was called to a room into which nobody came. */
export class NobodyCame extends Data.TaggedError("NobodyCame")<{ readonly room: string }> {
  override get message(): string {
    return `nobody came into room ${this.room}`
  }
}

const byArrival = Order.mapInput(DateTime.Order, ({ joinedAt }: MediaParticipant) => joinedAt)

/** Those who came earlier come first. */
export const peopleAmong = (participants: ReadonlyArray<MediaParticipant>): ReadonlyArray<MediaParticipant> =>
  Array.sort(
    participants.filter(({ kind }) => kind === "person"),
    byArrival,
  )

const pauses = ({ personEveryMax, personEveryMin }: DoorPolicy) =>
  Schedule.exponential(personEveryMin, 1.5).pipe(Schedule.union(Schedule.spaced(personEveryMax)))

/** Waits until there is a person in the room; answers all that are. A media server that does not answer for now is asked again. */
export const people = Effect.fn("PersonInRoom.people")(function* (room: string, policy: DoorPolicy) {
  const { participants } = yield* MediaServer
  return yield* participants(room).pipe(
    Effect.map(peopleAmong),
    Effect.filterOrFail(Array.isNonEmptyReadonlyArray, () => new NobodyCame({ room })),
    Effect.retry({
      schedule: pauses(policy),
      while: (error) => error._tag === "NobodyCame" || error.reason === "unreachable",
    }),
    Effect.timeoutFail({ duration: policy.personWithin, onTimeout: () => new NobodyCame({ room }) }),
  )
})
