import { Metric, MetricBoundaries } from "effect"

export const conversationsHosted = Metric.gauge("parley_worker_conversations", {
  description: "Conversations held by this process now, counting those that are being joined",
})

/** By `outcome`: `over`, `given-back`, `lost` (to another worker). */
export const conversationsServed = Metric.counter("parley_worker_conversations_total", {
  description: "Conversations that this process has had, by how its part in them came to an end",
  incremental: true,
})

export const leasesLost = Metric.counter("parley_worker_leases_lost_total", {
  description: "Leases that another worker took, or that were withdrawn, while this process held them",
  incremental: true,
})

export const renewalsFailed = Metric.counter("parley_worker_renewals_failed_total", {
  description: "Renewals of leases that the dispatch queue did not answer",
  incremental: true,
})

export const joinMillis = Metric.histogram(
  "parley_worker_join_milliseconds",
  MetricBoundaries.fromIterable([50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 10_000]),
  "Time from the first try to join a room until the assistant was in it",
)

export const joinsFailed = Metric.counter("parley_worker_joins_failed_total", {
  description: "Tries to join a room that failed",
  incremental: true,
})

export const takeovers = Metric.counter("parley_worker_takeovers_total", {
  description: "Conversations that were gone on with after another worker, or this one before, had held them",
  incremental: true,
})

export const claimsFailed = Metric.counter("parley_worker_claims_failed_total", {
  description: "Claims that the dispatch queue did not answer",
  incremental: true,
})
