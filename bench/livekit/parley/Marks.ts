import { appendFileSync } from "node:fs"
import { Config, Effect, FiberRef, HashMap, Option } from "effect"

/** When what happened, for the people who look at it from another process. In epoch milliseconds. */
export type Note = (what: "final" | "frame", room: string) => void

export const note: Effect.Effect<Note> = Effect.map(
  Effect.orDie(Config.string("BENCH_MARKS")),
  (file) => (what, room) => {
    const at = performance.timeOrigin + performance.now()
    appendFileSync(file, `${JSON.stringify({ what, room, at })}\n`)
  },
)

/** The room of the conversation whose fiber this is, as its host annotates its log. */
export const currentRoom: Effect.Effect<string> = Effect.map(
  FiberRef.get(FiberRef.currentLogAnnotations),
  (annotations) => Option.match(HashMap.get(annotations, "room"), { onNone: () => "", onSome: String }),
)
