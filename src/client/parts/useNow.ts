import { Clock, Effect, Schedule } from "effect"
import { useEffect, useState } from "react"

const refreshMillis = 250

/** The time, in epoch milliseconds, renewed while `active`. */
export const useNow = (active: boolean): number => {
  const [now, setNow] = useState(() => Effect.runSync(Clock.currentTimeMillis))
  useEffect(() => {
    if (!active) return
    const tick = Effect.map(Clock.currentTimeMillis, setNow)
    return Effect.runCallback(Effect.repeat(tick, Schedule.spaced(refreshMillis)))
  }, [active])
  return now
}
