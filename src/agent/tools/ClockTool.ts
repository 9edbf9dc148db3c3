import { Clock, Effect, Option, Schema } from "effect"
import { type Tool, ToolError } from "../../domain/llm/Tool.ts"
import * as PlaceTime from "./PlaceTime.ts"
import { define } from "./ToolDefinition.ts"

const name = "clock"

/** Answers `{ place, time, date, timeZone }` as JSON. `homeZone` (IANA) is where the person is. */
export const make = (homeZone: string): Tool =>
  define({
    name,
    description: "The current time and date, here or at a place in the world.",
    parameters: Schema.Struct({
      place: Schema.optional(
        Schema.String.annotations({ description: "A city, a country or an IANA time zone. Leave it out for here." }),
      ),
    }),
    filler: "Let me look at the clock.",
    run: Effect.fnUntraced(function* ({ place }) {
      const zone = place === undefined || place.trim() === "" ? Option.some(homeZone) : PlaceTime.zoneOf(place)
      if (Option.isNone(zone)) return yield* new ToolError({ tool: name, detail: `I do not know where ${place} is` })
      const now = yield* Clock.currentTimeMillis
      return JSON.stringify({ place: place ?? "here", ...PlaceTime.at(now, zone.value), timeZone: zone.value })
    }),
  })
