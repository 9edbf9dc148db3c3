import { Schema } from "effect"

/** What a process of conversations tells its supervisor, every second. */
export const ProcessReport = Schema.TaggedStruct("Report", {
  used: Schema.NonNegativeInt,
  total: Schema.NonNegativeInt,
  /** Rooms that it holds now. */
  rooms: Schema.Array(Schema.String),
  /** Resident memory. */
  rssBytes: Schema.NonNegativeInt,
  /** Since it began. */
  conversationsServed: Schema.NonNegativeInt,
  isDraining: Schema.Boolean,
})
export type ProcessReport = typeof ProcessReport.Type

/** What the supervisor tells a process. Both may be repeated. */
export const ProcessOrder = Schema.Union(
  /** Null: within the process's own bound. */
  Schema.TaggedStruct("Drain", { withinMillis: Schema.NullOr(Schema.NonNegativeInt) }),
  Schema.TaggedStruct("Force", {}),
)
export type ProcessOrder = typeof ProcessOrder.Type

export const decodeReport = Schema.decodeUnknownOption(ProcessReport)
export const decodeOrder = Schema.decodeUnknownOption(ProcessOrder)
