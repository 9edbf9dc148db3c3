import type { DateTime } from "effect"

/** Of so many rooms the news are kept; of others an old event is taken for a new one. */
const roomsMax = 20_000

interface News {
  /** When the newest events of a kind happened, in epoch milliseconds: a person joined, a person left, anything that shows the room. */
  readonly joinedMillis: number
  readonly leftMillis: number
  readonly livedMillis: number
  /** Names the newest departure; whoever joins takes it away. */
  readonly departure: symbol | undefined
}

const nothing: News = { joinedMillis: 0, leftMillis: 0, livedMillis: 0, departure: undefined }

/** Whether what was told is still the newest that is known. */
type StillTrue = () => boolean

/**
 * Puts the events of each room in their order, which is not the order in which they come. The media server counts whole seconds:
 * of one second, what came later counts as later.
 */
export const make = () => {
  const rooms = new Map<string, News>()

  const of = (room: string): News => rooms.get(room) ?? nothing
  const tell = (room: string, news: Partial<News>) => {
    const changed = { ...of(room), ...news }
    // To the end of the map's order: the rooms that nothing was heard of for longest are forgotten first.
    rooms.delete(room)
    rooms.set(room, changed)
    for (const oldest of rooms.keys()) {
      if (rooms.size <= roomsMax) break
      rooms.delete(oldest)
    }
  }

  const lives = (room: string, { epochMillis }: DateTime.Utc) =>
    tell(room, { livedMillis: Math.max(of(room).livedMillis, epochMillis) })

  const departs = (room: string): StillTrue => {
    const departure = Symbol(room)
    tell(room, { departure })
    return () => of(room).departure === departure
  }

  return {
    lives,
    joined: (room: string, at: DateTime.Utc) => {
      lives(room, at)
      if (at.epochMillis < of(room).leftMillis) return
      tell(room, { joinedMillis: Math.max(of(room).joinedMillis, at.epochMillis), departure: undefined })
    },
    /** Undefined: the person has joined again since, or left once more. */
    left: (room: string, { epochMillis }: DateTime.Utc): StillTrue | undefined => {
      const { joinedMillis, leftMillis } = of(room)
      if (epochMillis < Math.max(joinedMillis, leftMillis)) return undefined
      tell(room, { leftMillis: epochMillis })
      return departs(room)
    },
    /** Undefined: the room has lived since. */
    finished: (room: string, at: DateTime.Utc): StillTrue | undefined =>
      at.epochMillis < of(room).livedMillis ? undefined : departs(room),
  }
}
