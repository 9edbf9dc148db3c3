import { Metric } from "effect"

export const processesLive = Metric.gauge("parley_worker_processes", {
  description: "Processes that hold conversations under this supervisor now",
})

/** By `cause`: `crashed`, `frozen`, `recycled`. */
export const processesReplaced = Metric.counter("parley_worker_processes_replaced_total", {
  description: "Processes in whose place another was started",
  incremental: true,
})

export const roomsOrphaned = Metric.counter("parley_worker_rooms_orphaned_total", {
  description: "Rooms that a process held when it died",
  incremental: true,
})
