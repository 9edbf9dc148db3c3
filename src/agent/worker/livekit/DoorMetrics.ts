import { Metric, MetricBoundaries } from "effect"

export const registered = Metric.gauge("parley_livekit_worker_registered", {
  description: "1 while LiveKit knows this process as a worker, otherwise 0",
})

/** By `outcome`: `accepted`, `declined` (no slot was free), `lapsed` (accepted, but given to nobody). */
export const offers = Metric.counter("parley_livekit_job_offers_total", {
  description: "Jobs that LiveKit offered to this worker",
  incremental: true,
})

/** By `outcome`: `success`, `failed`, `terminated`. */
export const jobs = Metric.counter("parley_livekit_jobs_total", {
  description: "Jobs of LiveKit that this worker has had, by how they came to an end",
  incremental: true,
})

export const jobStartMillis = Metric.histogram(
  "parley_livekit_job_start_milliseconds",
  MetricBoundaries.fromIterable([10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000]),
  "Time from a job's assignment until its conversation was this worker's",
)

/** By `reason`: `open`, `register`, `closed`, `silent`, `backlog`. */
export const connectionsLost = Metric.counter("parley_livekit_worker_connections_lost_total", {
  description: "Worker sockets that were lost or did not come about",
  incremental: true,
})

/** By `outcome`: `queued`, `full`. */
export const dropped = Metric.counter("parley_livekit_dispatches_dropped_total", {
  description: "Dispatches that LiveKit had given to no worker and that were taken up here",
  incremental: true,
})
