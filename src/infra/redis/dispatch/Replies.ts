import { Schema } from "effect"
import { DispatchJob, type Place, WorkerId } from "../../../domain/store/DispatchJob.ts"

const Fence = Schema.NumberFromString.pipe(Schema.int(), Schema.positive())
const Body = Schema.parseJson(DispatchJob)

/** A job as it is kept: JSON. */
export const encodeJob = Schema.encodeSync(Body)

const Waiting = Schema.Tuple(
  Schema.Literal("Waiting"),
  Schema.NumberFromString.pipe(Schema.int(), Schema.positive()),
  Schema.Union(Schema.Literal(""), Schema.NumberFromString.pipe(Schema.int(), Schema.nonNegative())),
)
const Held = Schema.Tuple(Schema.Literal("Held"), WorkerId, Fence)
const Unknown = Schema.Tuple(Schema.Literal("Unknown"))
export const PlaceReply = Schema.Union(Waiting, Held, Unknown)

export const Full = Schema.Tuple(Schema.Literal("Full"))
export const EnqueueReply = Schema.Union(PlaceReply, Full)

export const ClaimReply = Schema.Union(Schema.Tuple(Body, Fence), Schema.Tuple())
export const AdoptReply = Schema.Union(
  Schema.Tuple(Schema.Literal("Taken"), Body, Fence),
  Schema.Tuple(Schema.Literal("Held"), Fence),
)
/** Whether the lease holds. */
export const LeaseReply = Schema.transformLiterals([1, true], [0, false])
export const StatisticsReply = Schema.Tuple(Schema.NonNegativeInt, Schema.NonNegativeInt)

export const placeOf = (reply: typeof PlaceReply.Type): Place => {
  switch (reply[0]) {
    case "Waiting":
      return { _tag: "Waiting", position: reply[1], estimateMillis: reply[2] === "" ? null : reply[2] }
    case "Held":
      return { _tag: "Held", worker: reply[1], fence: reply[2] }
    case "Unknown":
      return { _tag: "Unknown" }
  }
}
