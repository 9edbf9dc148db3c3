import { Duration, Option, Order } from "effect"
import type { AgentDispatch, MediaRoom } from "../../../domain/media/MediaServer.ts"
import type { WatchPolicy } from "./WatchPolicy.ts"

interface Seen {
  checkedAtMillis: number
  /** Since when a person has been without an assistant there. */
  missingSinceMillis: Option.Option<number>
  /** By dispatch: until when it needs nobody. */
  readonly attendedUntilMillis: Map<string, number>
}

interface Candidate {
  readonly seen: Seen
  readonly isEmpty: boolean
}

/** Where somebody waits, then where somebody may be, then what was looked into the longest ago. */
const byUrgency: Order.Order<Candidate> = Order.combineAll([
  Order.mapInput(Order.boolean, ({ seen }: Candidate) => Option.isNone(seen.missingSinceMillis)),
  Order.mapInput(Order.boolean, ({ isEmpty, seen }: Candidate) => isEmpty && seen.checkedAtMillis > 0),
  Order.mapInput(Order.number, ({ seen }: Candidate) => seen.checkedAtMillis),
])

/** What is known of the media server's rooms from one look to the next; of no more rooms than it has. */
export const make = (policy: WatchPolicy) => {
  const rooms = new Map<string, Seen>()
  const seenOf = (room: string): Seen => {
    const known = rooms.get(room)
    if (known !== undefined) return known
    const seen = {
      checkedAtMillis: 0,
      missingSinceMillis: Option.none(),
      attendedUntilMillis: new Map<string, number>(),
    }
    rooms.set(room, seen)
    return seen
  }
  const forgetOthers = (names: ReadonlySet<string>) => {
    for (const name of rooms.keys()) if (!names.has(name)) rooms.delete(name)
  }

  return {
    /** Into which rooms to look now, the most urgent first. */
    choose: (present: ReadonlyArray<MediaRoom>, now: number): ReadonlyArray<string> => {
      forgetOthers(new Set(present.map(({ name }) => name)))
      const settledBefore = now - Duration.toMillis(policy.settledFor)
      // How many are in a room is known to the server's list up to 5 s late: it says which come first, and hides none.
      return present
        .map(({ name, participants }) => ({ name, isEmpty: participants === 0, seen: seenOf(name) }))
        .filter(({ seen }) => Option.isSome(seen.missingSinceMillis) || seen.checkedAtMillis <= settledBefore)
        .sort(byUrgency)
        .slice(0, policy.roomsMax)
        .map(({ name }) => name)
    },
    settled: (room: string, now: number) => {
      const seen = seenOf(room)
      seen.checkedAtMillis = now
      seen.missingSinceMillis = Option.none()
    },
    /** Whether the grace is over. */
    missing: (room: string, now: number): boolean => {
      const seen = seenOf(room)
      seen.checkedAtMillis = now
      const since = Option.getOrElse(seen.missingSinceMillis, () => now)
      seen.missingSinceMillis = Option.some(since)
      return now - since >= Duration.toMillis(policy.grace)
    },
    attended: (dispatch: AgentDispatch, untilMillis: number) =>
      void seenOf(dispatch.room).attendedUntilMillis.set(dispatch.id, untilMillis),
    /** Those that may need somebody; the others that are not there any more are forgotten. */
    unattended: (room: string, dispatches: ReadonlyArray<AgentDispatch>, now: number): ReadonlyArray<AgentDispatch> => {
      const { attendedUntilMillis } = seenOf(room)
      const there = new Set(dispatches.map(({ id }) => id))
      for (const id of attendedUntilMillis.keys()) if (!there.has(id)) attendedUntilMillis.delete(id)
      return dispatches.filter(({ id }) => (attendedUntilMillis.get(id) ?? 0) <= now)
    },
  }
}
export type RoomsSeen = ReturnType<typeof make>
