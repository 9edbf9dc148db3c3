import { DateTime, Schema } from "effect"

const minMillis = DateTime.unsafeMake("2000-01-01T00:00:00Z").epochMillis
const maxMillis = DateTime.unsafeMake("2100-01-01T00:00:00Z").epochMillis

/** Narrows a UTC time schema to the range that every store of ours can hold. */
const bounded = <I>(schema: Schema.Schema<DateTime.Utc, I>) =>
  schema.pipe(
    Schema.filter((time) => time.epochMillis >= minMillis && time.epochMillis < maxMillis, {
      arbitrary: () => (fc) =>
        fc.integer({ min: minMillis, max: maxMillis - 1 }).map((millis) => DateTime.unsafeMake(millis)),
    }),
  )

/** A moment between 2000 and 2100, written as an ISO 8601 string. */
export const Instant = bounded(Schema.DateTimeUtc)

/** The same moment as a database driver hands it over. */
export const InstantFromDate = bounded(Schema.DateTimeUtcFromDate)
