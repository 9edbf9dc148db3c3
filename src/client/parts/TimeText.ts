import type { DateTime } from "effect"

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })
const dayFormat = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" })
const dayWithYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" })
/** Equal for two moments of the same day here, and sortable. */
const dayKey = new Intl.DateTimeFormat("en-CA")

const dayMillis = 86_400_000

export const timeText = (epochMillis: number): string => time.format(epochMillis)

export const isoText = (epochMillis: number): string =>
  new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }).format(epochMillis).replace(" ", "T")

/** "Today", "Yesterday", "Monday, 3 November" or, in another year, "3 November 2025". */
export const dayText = (at: DateTime.Utc, now: number): string => {
  const key = dayKey.format(at.epochMillis)
  if (key === dayKey.format(now)) return "Today"
  if (key === dayKey.format(now - dayMillis)) return "Yesterday"
  const sameYear = key.slice(0, 4) === dayKey.format(now).slice(0, 4)
  return (sameYear ? dayFormat : dayWithYear).format(at.epochMillis)
}

/** "12 s", "4 min", "1 h 5 min" */
export const lengthText = (millis: number): string => {
  const minutes = Math.round(millis / 60_000)
  if (millis < 60_000) return `${Math.max(1, Math.round(millis / 1_000))} s`
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const clockOf = (seconds: number) => {
  const whole = Math.floor(seconds)
  return { hours: Math.floor(whole / 3_600), minutes: Math.floor(whole / 60) % 60, seconds: whole % 60 }
}

/** "0:07", "12:30", "1:05:09" */
export const clockText = (seconds: number): string => {
  const clock = clockOf(seconds)
  const minutes = clock.minutes.toString().padStart(clock.hours > 0 ? 2 : 1, "0")
  const end = `${minutes}:${clock.seconds.toString().padStart(2, "0")}`
  return clock.hours > 0 ? `${clock.hours}:${end}` : end
}

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`

/** The same to be read aloud: "7 seconds", "12 minutes 30 seconds". */
export const clockWords = (seconds: number): string => {
  const clock = clockOf(seconds)
  const [first = "0 seconds", ...rest] = [
    ...(clock.hours > 0 ? [counted(clock.hours, "hour")] : []),
    ...(clock.minutes > 0 ? [counted(clock.minutes, "minute")] : []),
    ...(clock.seconds > 0 ? [counted(clock.seconds, "second")] : []),
  ]
  return [first, ...rest].join(" ")
}
